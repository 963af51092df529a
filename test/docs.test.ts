import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { backendNames } from '@sheep/backend';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendsHere } from './backends-here.js';
import { packageNames, pages, readPage, root } from './markdown.js';

const examples = pages.flatMap(({ path, blocks }) =>
  blocks.filter(({ language }) => language === 'ts').map(({ code }, i) => ({ name: `${path} ${i + 1}`, path, code })),
);

let folder: string;
const fileOf = (name: string): string => join(folder, `${name.replaceAll(/\W+/g, '-')}.ts`);

beforeAll(async () => {
  // Inside the repository, so that the packages are found; where git does not look.
  const cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, 'sheep-docs-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await Promise.all(examples.map(({ name, code }) => writeFile(fileOf(name), code)));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(file: string): Promise<{ exitCode: number | null; output: string }> {
  const flags = ['--conditions=@sheep/source', '--import', 'tsx', file];
  const child = spawn(process.execPath, flags, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, output };
}

/** What is wrong with the types of some files, one line each. */
function typeErrors(files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return ts.getPreEmitDiagnostics(ts.createProgram(files, options)).map(({ file, messageText, start }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

/** The lines of steps that the custom loop prints: what they say but for the numbers that are measured, and those. */
function stepsIn(output: string): { words: string; numbers: number[] }[] {
  const lines = output.split('\n').filter((line) => line.startsWith('step '));
  return lines.map((line) => {
    const numbers = Array.from(line.matchAll(/\d+\.\d+/g), ([number]) => Number(number));
    return { words: line.replaceAll(/\d+\.\d+/g, '…'), numbers };
  });
}

describe('examples', () => {
  it('stand in the README and in that of every package', () => {
    const expected = ['README.md', ...packageNames.map((name) => `packages/${name}/README.md`)];
    expect(expected.filter((page) => !examples.some(({ path }) => path === page))).toEqual([]);
  });

  it('have no errors in their types', { timeout: 60_000 }, () => {
    expect(typeErrors(examples.map(({ name }) => fileOf(name)))).toEqual([]);
  });

  it.each(examples)('$name runs as it is', { timeout: 60_000 }, async ({ name }) => {
    const { exitCode, output } = await run(fileOf(name));
    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
  });

  it('the custom loop learns as its page shows', { timeout: 90_000 }, async () => {
    const { exitCode, output } = await run(join(root, 'examples', 'custom-loop', 'custom-loop.ts'));
    expect(exitCode).toBe(0);
    const shown = readPage('examples/custom-loop/README.md').blocks.find(({ language }) => language === 'text')!.code;
    expect(output).toMatch(new RegExp(`^computing on ${backendsHere[0]}\n`));
    expect(shown).toMatch(new RegExp(`^computing on (${backendNames.join('|')})\n`));
    const [printed, expected] = [output, shown].map(stepsIn);
    expect(printed.map(({ words }) => words)).toEqual(expected.map(({ words }) => words));
    // Other kernels round otherwise; the text at the end may then be another.
    printed.forEach(({ numbers }, i) =>
      numbers.forEach((value, j) => expect(value).toBeCloseTo(expected[i].numbers[j], 1)),
    );
    expect(output).toContain('\n\nOnce upon a time');
  });
});

/** A heading as GitHub names it in a link. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

function leadsNowhere(page: string, link: string): boolean {
  const [target, anchor] = link.split('#');
  const path = target === '' ? page : posix.join(dirname(page), target);
  if (!existsSync(join(root, path))) return true;
  if (anchor === undefined) return false;
  return !Array.from(readPage(path).prose.matchAll(/^#+ (.*)$/gm), ([, heading]) => anchorOf(heading)).includes(anchor);
}

it.each(pages)('$path links to what is there', ({ path, prose }) => {
  const links = Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link);
  expect(links.filter((link) => !/^[a-z]+:/.test(link) && leadsNowhere(path, link))).toEqual([]);
});
