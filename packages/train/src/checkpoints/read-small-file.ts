import { readFileUpTo } from '@sheep/core/node';

const MAX_BYTES = 1_000_000;

/**
 * The text of a file of JSON that says little; undefined where there is no such file.
 *
 * @throws SheepError `bad-file` where it is too large to be one of ours, or no file.
 */
export async function readSmallFile(path: string): Promise<string | undefined> {
  const bytes = await readFileUpTo(path, MAX_BYTES);
  return bytes && new TextDecoder().decode(bytes);
}
