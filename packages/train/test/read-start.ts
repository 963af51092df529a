import type { TrainStart } from '../src/index.js';
import { findCheckpoint, readCheckpoint, readOptimizerState } from '../src/node.js';
import { readParams, tinyOptimizer } from './tiny-run.js';

/** What a tiny run goes on from: the newest checkpoint in a folder. */
export async function readStart(folder: string): Promise<TrainStart> {
  const checkpoint = (await findCheckpoint(folder))!;
  const { state } = await readCheckpoint(checkpoint);
  const params = await readParams(checkpoint);
  return { state, params, optimizerState: await readOptimizerState(checkpoint, tinyOptimizer(), params) };
}
