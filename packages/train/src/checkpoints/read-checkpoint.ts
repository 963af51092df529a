import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { verifyManifest } from '@sheep/core/node';
import { FILES } from './names.js';
import { parseState, type ReadCheckpoint } from './parse-state.js';
import { pointedTo, type Which } from './pointers.js';
import { readSmallFile } from './read-small-file.js';

/**
 * The folder of a run's checkpoint.
 *
 * @param path a run, its `checkpoints` folder or a checkpoint.
 * @returns undefined where a run has none yet, or where the path is something else.
 * @throws SheepError `bad-file` where what points to it is damaged.
 */
export async function findCheckpoint(path: string, which: Which = 'last'): Promise<string | undefined> {
  if (existsSync(join(path, FILES.state))) return path;
  for (const folder of [path, join(path, 'checkpoints')]) {
    const name = await pointedTo(folder, which);
    if (name !== undefined) return join(folder, name);
  }
  return undefined;
}

/**
 * Reads a checkpoint's state, after checking every file against its SHA-256.
 *
 * @throws SheepError `bad-file` that names what is damaged, `not-found`.
 */
export async function readCheckpoint(folder: string): Promise<ReadCheckpoint> {
  await verifyManifest(folder, [FILES.weights, FILES.optimizer, FILES.state]);
  const path = join(folder, FILES.state);
  return parseState((await readSmallFile(path)) ?? '', path);
}
