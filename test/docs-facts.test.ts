import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { backendNames } from '@sheep/backend';
import { countParameters, presets } from '@sheep/model';
import { ladderCases } from '@sheep/ops/contract';
import { tokenizerKinds } from '@sheep/tokenizer';
import { learningRateScaleOf, optimizerKinds, optimizerSettingsOf } from '@sheep/train';
import { describe, expect, it } from 'vitest';
import { codesIn, packageNames, pages, readPage, root, tableBehind } from './markdown.js';

const readText = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const readJson = (path: string): unknown => JSON.parse(readText(path));
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

describe('the tables of the README', () => {
  const readme = readPage('README.md');

  it('name every package', () => {
    const packages = tableBehind(readme, '## Packages').map(([link]) => /\(packages\/(\w+)\)/.exec(link)?.[1] ?? link);
    expect(sorted(packages)).toEqual(sorted(packageNames));
  });

  it.each([
    ['--preset', Object.keys(presets)],
    ['--tokenizer', [...tokenizerKinds, 'tokenizer.json']],
    ['--backend', ['auto', ...backendNames]],
  ])('name every choice of %s', (option, choices) => {
    const row = tableBehind(readme, '## Options').find(([names]) => names.includes(option));
    expect(codesIn(row?.[1] ?? '')).toEqual(choices);
  });

  it.each(['README.md', 'packages/backend/README.md'])('name every backend: %s', (path) => {
    const rows = tableBehind(readPage(path), '## Backends');
    expect(sorted(rows.flatMap(([name]) => codesIn(name)))).toEqual(sorted([...backendNames, 'auto']));
  });
});

it('the presets have the sizes that the README of model gives them', () => {
  const VOCABULARIES: Record<string, number> = { gpt2: 50_257, 'gpt2-medium': 50_257 };
  const expected = Object.entries(presets).map(([name, sizes]) => {
    const count = countParameters({ ...sizes, vocabSize: VOCABULARIES[name] ?? 65, dropout: 0 });
    const { layerCount, headCount, embeddingSize, contextLength } = sizes;
    const numbers = [layerCount, headCount, embeddingSize, contextLength].map(String);
    return [`\`${name}\``, ...numbers, count.toLocaleString('en')];
  });
  const rows = tableBehind(readPage('packages/model/README.md'), '## Presets');
  expect(rows.map((cells) => cells.map((cell) => cell.split(' ')[0]))).toEqual(expected);
});

it('the page of training names every optimizer, its settings and how its rate compares', () => {
  const rows = tableBehind(readPage('docs/training.md'), '## Optimizers');
  const named = rows.map(([kind, , settings, , rate]) => [codesIn(kind)[0], codesIn(settings), Number(rate)]);
  expect(named).toEqual(
    optimizerKinds.map((kind) => [kind, Object.keys(optimizerSettingsOf(kind, {})), learningRateScaleOf(kind)]),
  );
});

it('the page of kernels names every op of the ladder, and C files that exist', () => {
  const rows = tableBehind(readPage('docs/kernels.md'), '## Ops');
  const named = rows.flatMap(([op]) => codesIn(op));
  const ladder = new Set(ladderCases().map(({ name }) => /^\w+/.exec(name)![0]));
  expect(sorted(named)).toEqual(sorted([...ladder, 'globalNorm', 'adamwUpdate', 'decodeHalves', 'encodeHalves']));
  const files = rows.flatMap((cells) => codesIn(cells[3]));
  expect(files.filter((file) => !existsSync(join(root, 'packages/backend/kernels', file)))).toEqual([]);
});

it('every promise of docs/reliability.md names the tests that hold it', () => {
  const rows = tableBehind(readPage('docs/reliability.md'), '## Promises');
  expect(rows.length).toBeGreaterThan(8);
  const tests = rows.map(([, cell]) => codesIn(cell).filter((path) => path.endsWith('.test.ts')));
  expect(tests.filter((paths) => paths.length === 0)).toEqual([]);
  expect(tests.flat().filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

describe('what pages say of the code', () => {
  const sources = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^\w+[/\\]src[/\\].*(?<!\.test)\.ts$/.test(path),
  );
  const words = new Set(sources.flatMap((path) => readText('packages', path).match(/\w+/g) ?? []));

  it.each(pages)('$path names files that exist', ({ codes, path }) => {
    const named = codes.filter((code) =>
      /^(?:packages|scripts|fixtures|examples|docs|test|build)\/[\w./-]+$/.test(code),
    );
    const folders = [root, join(root, dirname(path))];
    expect(named.filter((name) => !folders.some((folder) => existsSync(join(folder, name))))).toEqual([]);
  });

  it('docs/architecture.md names functions that exist, in the files where they are', () => {
    const page = readPage('docs/architecture.md');
    const functions = page.codes.filter((code) => /^[a-z]+[A-Z]\w*$/.test(code));
    expect(functions).toContain('trainStep');
    expect(functions.filter((name) => !words.has(name))).toEqual([]);
    const wrong = tableBehind(page, '## One step').filter(([name, file]) => {
      return !new RegExp(String.raw`\b${codesIn(name)[0]}\b`).test(readText(codesIn(file)[0]));
    });
    expect(wrong).toEqual([]);
  });

  it.each(packageNames.filter((name) => name !== 'cli'))('the README of %s names what it exports', async (name) => {
    const { exports } = readJson(`packages/${name}/package.json`) as {
      exports: Record<string, { '@sheep/source'?: string }>;
    };
    const entries = Object.values(exports).flatMap((entry) => entry['@sheep/source'] ?? []);
    const urls = entries.map((entry) => pathToFileURL(join(root, 'packages', name, entry)).href);
    const modules = await Promise.all(urls.map((url) => import(url) as Promise<object>));
    const exported = modules.flatMap((module) => Object.keys(module));
    expect(exported.length).toBeGreaterThan(0);
    const { prose, codes } = readPage(`packages/${name}/README.md`);
    const mentioned = new Set(prose.match(/\w+/g));
    expect(exported.filter((word) => !mentioned.has(word))).toEqual([]);
    const called = codes.flatMap((code) => /^(\w+)\(.*\)$/.exec(code)?.[1] ?? []);
    expect(called.filter((word) => !words.has(word))).toEqual([]);
  });
});

describe('the decision on dependencies names each of them, and no other', () => {
  type Kind = 'dependencies' | 'devDependencies';
  const manifests = ['package.json', ...packageNames.map((name) => `packages/${name}/package.json`)].map(
    (path) => readJson(path) as Record<Kind, object | undefined>,
  );
  const foreign = (kind: Kind): string[] =>
    manifests.flatMap((manifest) => Object.keys(manifest[kind] ?? {})).filter((name) => !name.startsWith('@sheep/'));
  const atRunTime = foreign('dependencies');

  it.each([
    ['At run time:', atRunTime],
    ['For development:', foreign('devDependencies').filter((name) => !atRunTime.includes(name))],
  ])('%s', (heading, names) => {
    const rows = tableBehind(readPage('docs/decisions/0001-dependencies.md'), heading);
    expect(sorted(rows.flatMap(([cell]) => codesIn(cell)))).toEqual(sorted(names));
  });
});
