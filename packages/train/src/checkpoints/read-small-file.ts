import { readFile, stat } from 'node:fs/promises';
import { SheepError } from '@sheep/core';

const MAX_BYTES = 1_000_000;

/**
 * The text of a file of JSON that says little; undefined where there is no such file.
 *
 * @throws SheepError `bad-file` where it is too large to be one of ours.
 */
export async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size <= MAX_BYTES) return await readFile(path, 'utf8');
    throw new SheepError('bad-file', {
      doing: `reading ${path}`,
      expected: `at most ${MAX_BYTES} bytes`,
      received: `${size}`,
      remedy: 'use another checkpoint or a copy of this one',
    });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
