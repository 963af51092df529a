import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = readdirSync(join(root, 'packages'));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...packages.map((name) => `packages/${name}/README.md`),
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

const examples = pages
  .filter((page) => page.endsWith('README.md'))
  .flatMap((page) =>
    [...textOf(page).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code], i) => ({ name: `${page} ${i + 1}`, code })),
  );

let folder: string;
beforeAll(async () => {
  // Inside the repository, so that the packages are found; where git does not look.
  const cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, 'examples-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(file: string): Promise<{ code: number | null; output: string }> {
  const flags = ['--conditions=@sheep/source', '--import', 'tsx', file];
  const child = spawn(process.execPath, flags, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('the documentation', () => {
  it('has an example in every package and in the README', () => {
    const withExample = new Set(examples.map(({ name }) => name.split(' ')[0]));
    const expected = [
      'README.md',
      ...packages.filter((name) => name !== 'cli').map((name) => `packages/${name}/README.md`),
    ];
    expect(expected.filter((page) => !withExample.has(page))).toEqual([]);
  });

  it.each(examples)('$name runs as it is', { timeout: 60_000 }, async ({ name, code }) => {
    const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.mts`);
    await writeFile(file, code);
    const { code: exitCode, output } = await run(file);
    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
  });

  it('runs the custom loop, which learns', { timeout: 90_000 }, async () => {
    const { code, output } = await run(join(root, 'examples', 'custom-loop', 'custom-loop.ts'));
    expect(code).toBe(0);
    const losses = [...output.matchAll(/validation (\d+\.\d+)/g)].map(([, loss]) => Number(loss));
    expect(losses[0]).toBeGreaterThan(3.5);
    expect(losses.at(-1)).toBeLessThan(2.6);
  });

  it.each(pages)('%s links to files that are there', (page) => {
    const targets = [...textOf(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target);
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });
});
