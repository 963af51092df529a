import { readFileSync, statSync, type Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { SheepError } from '../errors.js';

/**
 * All bytes of a file that may come from anyone: what it is and its size are looked at before memory is taken.
 *
 * @param maxBytes the largest size that makes sense.
 * @returns undefined where there is no such file.
 * @throws SheepError `bad-file` where it is larger, no regular file (a pipe would wait for ever), or cannot be read.
 */
export async function readFileUpTo(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    check(path, await stat(path), maxBytes);
    return await readFile(path);
  } catch (error) {
    return undefinedWhereMissing(path, error);
  }
}

/** {@link readFileUpTo}, for what cannot wait. */
export function readFileUpToSync(path: string, maxBytes: number): Uint8Array | undefined {
  try {
    check(path, statSync(path), maxBytes);
    return readFileSync(path);
  } catch (error) {
    return undefinedWhereMissing(path, error);
  }
}

function check(path: string, stats: Stats, maxBytes: number): void {
  if (!stats.isFile()) throw bad(path, 'a file', 'something else');
  if (stats.size > maxBytes) throw bad(path, `at most ${maxBytes} bytes`, `${stats.size}`);
}

function undefinedWhereMissing(path: string, error: unknown): undefined {
  if (error instanceof SheepError) throw error;
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw bad(path, 'a file that can be read', code, error);
}

function bad(path: string, expected: string, received: string, cause?: unknown): SheepError {
  const remedy = 'check the file, or use another copy of it';
  return new SheepError('bad-file', { doing: `reading ${path}`, expected, received, remedy }, { cause });
}
