import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Optimizer, ParamTree } from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { FILES } from './names.js';
import { readIntoTree } from './read-tree.js';

/**
 * The moments of an optimizer from a checkpoint. The caller owns them.
 *
 * @throws SheepError `not-found`, `bad-file`, or `mismatch` where they are of another optimizer or model.
 */
export async function readOptimizerState(folder: string, optimizer: Optimizer, params: ParamTree): Promise<ParamTree> {
  const state = optimizer.init(params);
  try {
    await readIntoTree(join(folder, FILES.optimizer), state);
    return state;
  } catch (error) {
    disposeTree(state);
    throw error;
  }
}

/**
 * Puts the weights that training goes on with in place of those that a checkpoint publishes, where they are others.
 *
 * @param params what the checkpoint publishes.
 * @throws SheepError `bad-file`, or `mismatch` where they are of another model; `params` are then as they were.
 */
export async function readTrainingWeights(folder: string, params: ParamTree): Promise<void> {
  const path = join(folder, FILES.training);
  if (existsSync(path)) await readIntoTree(path, params);
}
