import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { SheepError } from '../errors.js';

/** What a file is to hold: all of it, or a function that gives it piece by piece. */
export type FileContent = Uint8Array | string | (() => Iterable<Uint8Array> | AsyncIterable<Uint8Array>);

/**
 * A path in a folder.
 *
 * @throws SheepError `bad-file` where the name could lie anywhere else, on any system.
 */
export function pathInside(folder: string, name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/\\:\0]/.test(name)) {
    throw new SheepError('bad-file', {
      doing: `naming a file in ${folder}`,
      expected: 'a plain file name',
      received: JSON.stringify(name),
      remedy: 'use a name without folders',
    });
  }
  return join(folder, name);
}

/** Writes a file that is not there yet and waits until it is on the disk. */
export async function writeSynced(path: string, content: FileContent): Promise<void> {
  const file = await open(path, 'wx');
  try {
    if (typeof content === 'function') {
      for await (const chunk of content()) await file.writeFile(chunk);
    } else {
      await file.writeFile(content);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until a folder's entries are on the disk, where the system lets a folder be synced: Windows does not. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
