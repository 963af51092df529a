import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateStories } from '@sheep/data';
import { beforeAll, describe, expect, it } from 'vitest';
import { inEmptyFolder, runMain } from '../packages/cli/test/run-main.js';
import { pages, type Page, readPage, root } from './markdown.js';

// The recipe that `npm start` trains.
const [RECIPE] = /examples\/recipes\/[\w-]+\.yaml/.exec(readFileSync(join(root, 'scripts', 'run.mjs'), 'utf8'))!;
const START = ['train', '--config', join(root, RECIPE)];
const PROGRAM = /^(?:npx @sheep\/cli|npx sheep|npm run sheep --|sheep) /;

/** The words of a line, as a shell cuts it; what a usage line marks as optional counts as given. */
function wordsOf(line: string): string[] {
  const words = line.match(/"[^"]*"|'[^']*'|[^\s[\]]+/g) ?? [];
  return words.map((word) => word.replaceAll(/^["']|["']$/g, ''));
}

/** What `sheep` is given by a line that starts it; undefined for any other line. */
function argumentsOf(line: string): string[] | undefined {
  if (line === 'npm start') return START;
  if (line.startsWith('npm start -- ')) return [...START, ...wordsOf(line.slice('npm start -- '.length))];
  return PROGRAM.test(line) ? wordsOf(line.replace(PROGRAM, '')) : undefined;
}

function linesOf({ blocks, codes }: Page): string[] {
  const shell = blocks.filter(({ language }) => language === 'sh').flatMap(({ code }) => code.trim().split('\n'));
  return [...shell, ...codes];
}

const commandsOf = (page: Page): { line: string; argv: string[] }[] =>
  [...new Set(linesOf(page))].flatMap((line) => {
    const argv = argumentsOf(line);
    return argv === undefined ? [] : [{ line, argv }];
  });

const hasOption = (help: string, name: string): boolean =>
  new RegExp(String.raw`^ +(?:-\w, )?${name}(?![\w-])`, 'm').test(help);

const isPlaceholder = ({ argv }: { argv: string[] }): boolean => argv.some((word) => /[<…]|^path$/.test(word));

describe('commands in the documentation', () => {
  const helps = new Map<string, string>();
  beforeAll(async () => {
    const names = Array.from((await runMain('--help')).stdout.matchAll(/^ {2}(\w+) (?=.* {2})/gm), ([, name]) => name);
    for (const name of names) helps.set(name, (await runMain(name, '--help')).stdout);
  });

  it.each(pages.filter((page) => commandsOf(page).length > 0))(
    '$path names commands and options that exist',
    (page) => {
      expect([...helps.keys()]).toEqual(expect.arrayContaining(['train', 'generate', 'eval', 'plot', 'doctor']));
      const wrong = commandsOf(page).flatMap(({ line, argv: [command, ...rest] }) => {
        const help = helps.get(command);
        if (help === undefined) return [`${line}: no command ${command}`];
        const names = rest.filter((word) => word.startsWith('--'));
        return names.filter((name) => !hasOption(help, name)).map((name) => `${line}: no option ${name}`);
      });
      expect(wrong).toEqual([]);
    },
  );

  it.each(pages)('$path names options, keys and scripts that exist', ({ codes }) => {
    const help = [...helps.values()].join('\n');
    const options = codes.flatMap((code) => /^--[a-z-]+/.exec(code) ?? []);
    expect(options.filter((name) => !hasOption(help, name))).toEqual([]);
    const keys = codes.filter((code) => /^(?:train|data|model)\.(?!json|safetensors)\w+$/.test(code));
    expect(keys.filter((key) => !help.includes(`\n  ${key}`))).toEqual([]);
    const scripts = codes.flatMap((code) => /^npm run ([\w:-]+)/.exec(code)?.[1] ?? []);
    const { scripts: existing } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    expect(scripts.filter((script) => !Object.hasOwn(existing, script))).toEqual([]);
  });
});

// A model of a second's training in place of that of the page; what the page itself says still wins.
const SMALL = ['contextLength=16', 'layerCount=1', 'headCount=1', 'embeddingSize=8', 'feedForwardSize=8']
  .map((size) => `model.${size}`)
  .concat('data.paths=[stories:10kb]', 'data.stride=8', 'train.maxSteps=3', 'train.batchSize=4', 'train.sampleTokens=5')
  .flatMap((value) => ['--set', value]);

describe('commands of a README, one after the other in a folder with book.txt', () => {
  inEmptyFolder();

  it.each(['README.md', 'packages/cli/README.md'])('%s', { timeout: 60_000 }, async (path) => {
    await writeFile('book.txt', generateStories({ bytes: 10_000 }));
    const commands = commandsOf(readPage(path)).filter((command) => !isPlaceholder(command));
    expect(commands.length).toBeGreaterThan(1);
    for (const { line, argv } of commands) {
      const outcome = await runMain(...argv, ...(argv[0] === 'train' && !argv.includes('--help') ? SMALL : []));
      expect({ line, ...outcome }).toMatchObject({ line, code: 0, stderr: '' });
      expect(outcome.stdout).not.toBe('');
    }
  });
});
