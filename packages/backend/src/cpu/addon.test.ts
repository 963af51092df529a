import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { SheepError } from '@sheep/core';
import { afterAll, describe, expect, it } from 'vitest';
import { nativeBuilds } from '../builds.fixture.js';
import { kernelNames } from '../device/kernel-names.js';
import { loadNativeBuild, nativeSets } from './addon.js';

const folder = mkdtempSync(join(tmpdir(), 'sheep-native-'));
afterAll(() => rmSync(folder, { recursive: true }));

const failure = (from: string): SheepError => {
  try {
    loadNativeBuild(nativeSets(), from);
  } catch (error) {
    return error as SheepError;
  }
  throw new Error('it did not fail');
};

it('says what to do where there are no native kernels', () => {
  const { code, message } = failure(join(folder, 'nothing'));
  expect(code).toBe('unsupported');
  const expected = `loading the native kernels: expected a file for ${process.platform}-${process.arch}, received none;`;
  expect(message).toBe(`${expected} in a clone of the project \`npm run build:native\` makes it`);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ files: { 'amiga-68k.node': 'ab' } }));
  expect(failure(folder).message).toContain(expected);
});

it.runIf(nativeSets().length > 0)('says which file is missing, or cannot be read, where the manifest names it', () => {
  const name = `${process.platform}-${process.arch}-${nativeSets()[0]}.node`;
  const path = join(folder, name);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ files: { [name]: 'ab' } }));
  const missing = failure(folder);
  expect(missing.code).toBe('bad-file');
  const expected = `loading the native kernels from ${path}: expected the file that was built, of SHA-256 ab, received`;
  const remedy = 'install @sheep/backend again; in a clone of the project delete packages/backend/generated/native';
  expect(missing.message).toBe(`${expected} none; ${remedy}`);
  mkdirSync(path);
  const unreadable = failure(folder);
  rmSync(path, { recursive: true });
  expect(unreadable.code).toBe('bad-file');
  expect(unreadable.message).toMatch(
    / received one that cannot be read \(E[A-Z]+: [^\n]+\); install @sheep\/backend again/,
  );
});

it('says that a manifest is damaged, rather than that there are no native kernels', () => {
  writeFileSync(join(folder, 'manifest.json'), '{"files": {');
  const { code, message } = failure(folder);
  expect(code).toBe('bad-file');
  expect(message).toContain(
    'expected a list of files with their SHA-256, as JSON, received "{\\"files\\": {"; install',
  );
});

// Without them: npm run build:native.
describe.runIf(nativeBuilds.length > 0)('native kernels', () => {
  it.each(nativeBuilds)('%s has every kernel', (set) => {
    const { addon } = loadNativeBuild([set]);
    expect(addon.runs).toBe(true);
    expect(new Set(addon.kernelNames)).toEqual(new Set(kernelNames));
  });

  it('are the fastest that the processor runs', () => {
    expect(loadNativeBuild().set).toBe(nativeBuilds[0]);
  });

  it('are not loaded from a file that is not the one that was built', () => {
    const { path } = loadNativeBuild();
    const name = basename(path);
    const copy = join(folder, name);
    const { files } = JSON.parse(readFileSync(join(path, '..', 'manifest.json'), 'utf8')) as {
      files: Record<string, string>;
    };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ files: { [name]: files[name] } }));
    copyFileSync(path, copy);
    expect(loadNativeBuild(nativeSets(), folder).path).toBe(copy);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] ^= 1;
    rmSync(copy);
    writeFileSync(copy, bytes);
    const { code, message } = failure(folder);
    expect(code).toBe('bad-file');
    expect(message).toContain(`expected the file that was built, of SHA-256 ${files[name]}, received one of SHA-256 `);
  });

  it('refuse a heap that is none', () => {
    expect(() => loadNativeBuild().addon.open({} as never)).toThrow('a heap is a typed array');
  });
});
