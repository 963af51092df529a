import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFileUpTo } from './read-file-up-to.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheep-read-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

// Node.js makes none itself, and not every system has the tool.
const canMakePipes = spawnSync('mkfifo', ['--help']).error === undefined;

describe('readFileUpTo', () => {
  it('gives the bytes, up to the size that is allowed', async () => {
    await writeFile(at('a'), 'abcd');
    expect([...(await readFileUpTo(at('a'), 4))!]).toEqual([0x61, 0x62, 0x63, 0x64]);
    await expect(readFileUpTo(at('a'), 3)).rejects.toThrow(/at most 3 bytes, received 4;/);
  });

  it('gives nothing where there is nothing', async () => {
    await writeFile(at('a'), '');
    expect(await readFileUpTo(at('b'), 4)).toBeUndefined();
    expect(await readFileUpTo(join(at('a'), 'b'), 4)).toBeUndefined();
  });

  it('takes no memory for a file of a terabyte', async () => {
    await writeFile(at('sparse'), '');
    await truncate(at('sparse'), 2 ** 40);
    const before = process.memoryUsage.rss();
    await expect(readFileUpTo(at('sparse'), 1000)).rejects.toMatchObject({ code: 'bad-file' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(50e6);
  });

  it('refuses what is no file', async () => {
    await mkdir(at('folder'));
    await expect(readFileUpTo(at('folder'), 9)).rejects.toThrow(/expected a file, received something else/);
  });

  it.skipIf(!canMakePipes)('waits for no pipe', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    await expect(readFileUpTo(at('pipe'), 9)).rejects.toThrow(/expected a file/);
  });

  it.skipIf(process.platform === 'win32')('reads no device', async () => {
    await symlink('/dev/zero', at('zero'));
    await expect(readFileUpTo(at('zero'), 9)).rejects.toThrow(/expected a file/);
  });
});
