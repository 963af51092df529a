import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readConfigFile } from './read.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheep-config-'));
  path = join(folder, 'config.yaml');
  return () => rm(folder, { recursive: true });
});

describe('readConfigFile on a file from a stranger', () => {
  it.each<[string, string]>([
    ['that nests deeper than the stack', `a: ${'['.repeat(100_000)}`],
    ['that nests deeper than the stack and ends well', `a: ${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['that nests deeper than the stack by lines', `a:\n${'- '.repeat(100_000)}b`],
    ['that nests deeper than the stack by keys', `${'? '.repeat(100_000)}b`],
    [
      'whose aliases grow to billions',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghijk', (to, i) => `${to}: &${to} [${Array.from({ length: 9 }, () => `*${'abcdefghij'[i]}`).join()}]`).join('\n')}`,
    ],
    ['that is cut off', '{ name: "tiny'],
    ['that is no mapping', '- a'],
  ])('refuses one %s', async (_, text) => {
    await writeFile(path, text);
    await expect(readConfigFile(path)).rejects.toMatchObject({ code: 'bad-file' });
    await expect(readConfigFile(path)).rejects.toThrow(/^[^\n]+$/);
  });

  it('takes one that nests as deep as any needs to', async () => {
    await writeFile(path, `a: ${'['.repeat(40)}1${']'.repeat(40)}`);
    expect(JSON.stringify((await readConfigFile(path)).values)).toBe(`{"a":${'['.repeat(40)}1${']'.repeat(40)}}`);
  });

  it('looks at the size before it takes memory', async () => {
    await writeFile(path, '');
    await truncate(path, 2 ** 40);
    await expect(readConfigFile(path)).rejects.toThrow(/received more than 1048576 bytes/);
  });

  it('makes no object of a tag, and changes no prototype', async () => {
    await writeFile(path, '__proto__: { polluted: 1 }\nname: !!js/function "function () {}"');
    const { values } = await readConfigFile(path).catch(() => ({ values: {} }));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(typeof (values as Record<string, unknown>).name).not.toBe('function');
  });
});
