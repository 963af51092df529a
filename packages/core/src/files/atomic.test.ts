import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SheepError } from '../errors.js';
import { removeFolderAtomic, removeLeftovers, writeFileAtomic, writeFolderAtomic } from './atomic.js';
import { verifyManifest } from './manifest.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheep-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* pieces() {
  yield new Uint8Array([1, 2]);
  yield new Uint8Array([3]);
}

async function* failing() {
  yield new Uint8Array([1]);
  throw new Error('out of wool');
}

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;

describe('writeFileAtomic', () => {
  it('writes bytes, text and pieces, over what was there, and leaves nothing else', async () => {
    const path = join(folder, 'a.json');
    await writeFileAtomic(path, 'a longer text, é');
    expect(await readFile(path, 'utf8')).toBe('a longer text, é');
    await writeFileAtomic(path, new Uint8Array([0, 255]));
    expect([...(await readFile(path))]).toEqual([0, 255]);
    await writeFileAtomic(path, () => [new Uint8Array([1, 2]), new Uint8Array([]), new Uint8Array([3])]);
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  it('keeps the old content and cleans up where writing fails', async () => {
    const path = join(folder, 'a.json');
    await writeFileAtomic(path, 'old');
    await expect(writeFileAtomic(path, failing)).rejects.toThrow('out of wool');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  it('cleans up where the path is a folder', async () => {
    await mkdir(join(folder, 'taken', 'inside'), { recursive: true });
    await expect(writeFileAtomic(join(folder, 'taken'), 'a')).rejects.toThrow(/taken/);
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('refuses a folder that does not exist', async () => {
    await expect(writeFileAtomic(join(folder, 'none', 'a'), 'a')).rejects.toThrow(code('not-found'));
  });
});

describe('writeFolderAtomic', () => {
  it('writes every file and a manifest that holds', async () => {
    const path = join(folder, 'step-1');
    await writeFolderAtomic(
      path,
      new Map<string, string | typeof pieces>([
        ['a.txt', 'text'],
        ['b.bin', pieces],
      ]),
    );
    expect((await readdir(path)).sort()).toEqual(['a.txt', 'b.bin', 'manifest.json']);
    expect(await readFile(join(path, 'a.txt'), 'utf8')).toBe('text');
    expect([...(await readFile(join(path, 'b.bin')))]).toEqual([1, 2, 3]);
    await verifyManifest(path);
    expect(await readdir(folder)).toEqual(['step-1']);
  });

  it.each(['file', 'empty folder', 'dangling link'])('refuses a path that is a %s and leaves it', async (kind) => {
    const path = join(folder, 'taken');
    if (kind === 'file') await writeFile(path, 'mine');
    else if (kind === 'empty folder') await mkdir(path);
    else await symlink(join(folder, 'nowhere'), path);
    await expect(writeFolderAtomic(path, [['a', 'a']])).rejects.toThrow(code('exists'));
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('refuses where another wrote the path meanwhile', async () => {
    const path = join(folder, 'raced');
    const racing = async function* () {
      await mkdir(path);
      yield new Uint8Array([1]);
    };
    await expect(writeFolderAtomic(path, [['a', racing]])).rejects.toThrow(code('exists'));
    expect(await readdir(folder)).toEqual(['raced']);
    expect(await readdir(path)).toEqual([]);
  });

  it.each(['', '.', '..', '../a', 'a/b', '/etc/passwd', 'a\\b', '..\\a', 'C:a', 'a\0b', 'manifest.json', 'first'])(
    'refuses the file name %j and cleans up',
    async (name) => {
      const write = writeFolderAtomic(join(folder, 'target'), [
        ['first', 'a'],
        [name, 'b'],
      ]);
      await expect(write).rejects.toThrow(code('bad-file'));
      await expect(write).rejects.toThrow(SheepError);
      expect(await readdir(folder)).toEqual([]);
    },
  );
});

describe('removeFolderAtomic', () => {
  it('removes a folder with all that is in it, and nothing where there is none', async () => {
    await mkdir(join(folder, 'old', 'inside'), { recursive: true });
    await writeFile(join(folder, 'old', 'inside', 'file'), 'a');
    await removeFolderAtomic(join(folder, 'old'));
    expect(await readdir(folder)).toEqual([]);
    await expect(removeFolderAtomic(join(folder, 'old'))).resolves.toBeUndefined();
  });
});

describe('removeLeftovers', () => {
  it('finds nothing in a folder that does not exist', async () => {
    expect(await removeLeftovers(join(folder, 'none'))).toEqual([]);
  });

  it('removes temporaries of files and folders and nothing else', async () => {
    const file = '.tmp-a.json-0123456789abcdef';
    const directory = '.tmp-step-1-fedcba9876543210';
    await writeFile(join(folder, file), 'half');
    await mkdir(join(folder, directory));
    await writeFile(join(folder, directory, 'inside'), 'half');
    for (const name of ['.tmp-mine', 'a.json', '.tmp--0123456789abcdeg']) await writeFile(join(folder, name), 'whole');
    expect((await removeLeftovers(folder)).sort()).toEqual([file, directory].sort());
    expect((await readdir(folder)).sort()).toEqual(['.tmp--0123456789abcdeg', '.tmp-mine', 'a.json']);
  });
});
