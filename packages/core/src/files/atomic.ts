import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SheepError } from '../errors.js';
import { pathInside, syncFolder, writeSynced, type FileContent } from './content.js';
import { MANIFEST_NAME, writeManifest } from './manifest.js';

/**
 * Writes a file so that at any instant, after any kill or loss of power, the path holds either all of the old content
 * or all of the new: under a temporary name in the same folder, synced, renamed.
 *
 * @throws SheepError `not-found` where the folder of the path does not exist.
 */
export async function writeFileAtomic(path: string, content: FileContent): Promise<void> {
  await writeThenRename(path, (temporary) => writeSynced(temporary, content));
}

/**
 * Writes a folder of files so that at any instant the path is absent or holds all of them: under a temporary name
 * beside it, each file and the folder synced, renamed. The last file is `manifest.json`; see `verifyManifest`.
 *
 * @param files name and content of each, written one after the other.
 * @throws SheepError `exists` where there is something at the path, `not-found` where the folder around it does not
 * exist, `bad-file` where a name occurs twice, is the manifest's or is not a plain one.
 */
export async function writeFolderAtomic(path: string, files: Iterable<readonly [string, FileContent]>): Promise<void> {
  await refuseExisting(path);
  await writeThenRename(path, async (temporary) => {
    await mkdir(temporary);
    const names = new Set([MANIFEST_NAME]);
    for (const [name, content] of files) {
      if (names.has(name)) throw repeated(path, name);
      names.add(name);
      await writeSynced(pathInside(temporary, name), content);
    }
    await writeManifest(temporary);
    await syncFolder(temporary);
    await refuseExisting(path);
  });
}

/**
 * Removes a folder so that at any instant it is whole or gone: under a temporary name, which `removeLeftovers` knows. Does
 * nothing where there is none.
 */
export async function removeFolderAtomic(path: string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await rename(path, temporary);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rm(temporary, { recursive: true, force: true });
}

/**
 * Removes from a folder what writes and removals that were killed left there. Not to be called while another process writes there.
 *
 * @returns the names that were removed; none where there is no such folder.
 */
export async function removeLeftovers(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => /^\.tmp-.+-[0-9a-f]{16}$/.test(name));
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
  return names;
}

function temporaryName(path: string): string {
  return join(dirname(path), `.tmp-${basename(path)}-${randomBytes(8).toString('hex')}`);
}

async function writeThenRename(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const [folder, temporary] = [dirname(path), temporaryName(path)];
  await requireFolder(folder, path);
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    // What made writing fail may keep this from working too, and is what must be told; `removeLeftovers` comes later.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

async function requireFolder(folder: string, path: string): Promise<void> {
  const stats = await stat(folder).catch(() => undefined);
  if (stats?.isDirectory()) return;
  throw new SheepError('not-found', {
    doing: `writing ${path}`,
    expected: `the folder ${folder}`,
    received: 'no such folder',
    remedy: 'make it first',
  });
}

async function refuseExisting(path: string): Promise<void> {
  if ((await lstat(path).catch(() => undefined)) === undefined) return;
  throw new SheepError('exists', {
    doing: `writing the folder ${path}`,
    expected: 'nothing there yet',
    received: 'a file or folder of this name',
    remedy: 'choose another name, or remove it first',
  });
}

function repeated(path: string, name: string): SheepError {
  return new SheepError('bad-file', {
    doing: `writing the folder ${path}`,
    expected: `each name once, and none that is ${MANIFEST_NAME}`,
    received: JSON.stringify(name),
    remedy: 'give the file another name',
  });
}
