import { appendFile, mkdir, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SheepError } from '../errors.js';
import { writeFolderAtomic } from './atomic.js';
import { sha256, verifyManifest } from './manifest.js';

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sheep-manifest-'));
  folder = join(parent, 'checkpoint');
  await writeFolderAtomic(folder, [
    ['abc.txt', 'abc'],
    ['empty', new Uint8Array(0)],
  ]);
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

function writeManifestOf(files: Record<string, { bytes: number; sha256: string }>): Promise<void> {
  return writeFile(at('manifest.json'), JSON.stringify({ files }));
}

describe('sha256', () => {
  it('agrees with the published vectors of FIPS 180-4', () => {
    expect(sha256('')).toBe(EMPTY);
    expect(sha256(new TextEncoder().encode('abc'))).toBe(ABC);
  });
});

describe('the manifest', () => {
  it('lists size and SHA-256 of each file', async () => {
    expect(JSON.parse(await readFile(at('manifest.json'), 'utf8'))).toEqual({
      files: { 'abc.txt': { bytes: 3, sha256: ABC }, empty: { bytes: 0, sha256: EMPTY } },
    });
  });

  it('leaves alone what it does not list', async () => {
    await writeFile(at('more'), 'more');
    await expect(verifyManifest(folder)).resolves.toBeUndefined();
  });

  const LISTED = { bytes: 1, sha256: EMPTY };
  it.each<[string, () => Promise<void>, RegExp]>([
    ['another byte', () => writeFile(at('abc.txt'), 'abd'), new RegExp(`abc\\.txt: .* ${ABC}, received a52d159f`)],
    ['a truncated file', () => truncate(at('abc.txt'), 1), /abc\.txt: expected 3 bytes, received 1;/],
    ['a longer file', () => appendFile(at('empty'), 'x'), /empty: expected 0 bytes, received 1;/],
    ['a missing file', () => rm(at('empty')), /empty: expected a file of 0 bytes, received no file/],
    ['a folder for a file', () => rm(at('empty')).then(() => mkdir(at('empty'))), /received no file/],
    ['a manifest cut short', () => truncate(at('manifest.json'), 20), /manifest\.json: expected a list of files/],
    ['a manifest without files', () => writeFile(at('manifest.json'), '{}'), /expected a list of files/],
    ['a manifest that is null', () => writeFile(at('manifest.json'), 'null'), /expected a list of files/],
    ['a hash that is none', () => writeManifestOf({ a: { bytes: 1, sha256: 'x' } }), /expected a list of files/],
    ['a huge manifest', () => writeFile(at('manifest.json'), ' '.repeat(1_000_001)), /at most 1000000 bytes/],
    ['a name outside the folder', () => writeManifestOf({ '../a': LISTED }), /plain file name, received "\.\.\/a"/],
    ['an absolute name', () => writeManifestOf({ '/dev/zero': LISTED }), /plain file name/],
  ])('names %s', async (_, damage, message) => {
    await damage();
    const verified = verifyManifest(folder);
    await expect(verified).rejects.toThrow(SheepError);
    await expect(verified).rejects.toThrow(expect.objectContaining({ code: 'bad-file' }) as Error);
    await expect(verified).rejects.toThrow(message);
  });

  it.skipIf(process.platform === 'win32')('takes no link for a file, not even to the same content', async () => {
    await rename(at('abc.txt'), join(parent, 'abc.txt'));
    await symlink(join(parent, 'abc.txt'), at('abc.txt'));
    await expect(verifyManifest(folder)).rejects.toThrow(/abc\.txt: expected a file of 3 bytes, received a link;/);
  });

  it('can be held to files that it must list', async () => {
    await expect(verifyManifest(folder, ['abc.txt'])).resolves.toBeUndefined();
    await expect(verifyManifest(folder, ['abc.txt', 'b'])).rejects.toThrow(/an entry for b, received none/);
  });

  it('says where there is none', async () => {
    await rm(at('manifest.json'));
    await expect(verifyManifest(folder)).rejects.toThrow(/expected a manifest\.json in it, received none/);
  });
});
