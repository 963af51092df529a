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
