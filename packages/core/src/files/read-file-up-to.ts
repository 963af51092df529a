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
    const stats = await stat(path);
    if (!stats.isFile()) throw bad(path, 'a file', 'something else');
    if (stats.size > maxBytes) throw bad(path, `at most ${maxBytes} bytes`, `${stats.size}`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof SheepError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw bad(path, 'a file that can be read', code, error);
  }
}

function bad(path: string, expected: string, received: string, cause?: unknown): SheepError {
  const remedy = 'check the file, or use another copy of it';
  return new SheepError('bad-file', { doing: `reading ${path}`, expected, received, remedy }, { cause });
}
