import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, toFloat32, type ParamTree } from '@sheep/core';
import { tensor, tidy, variable } from '@tensorflow/tfjs-core';
import type { TrainStart } from '../src/index.js';
import { findCheckpoint, readCheckpoint, readOptimizerState } from '../src/node.js';
import { tinyOptimizer } from './tiny-run.js';

async function readParams(folder: string): Promise<ParamTree> {
  const { tensors } = readSafetensors(await readFile(join(folder, 'model.safetensors')));
  return tidy(() =>
    Object.fromEntries(
      [...tensors].map(([name, stored]) => [name, variable(tensor(toFloat32(stored), [...stored.shape]))]),
    ),
  );
}

/** What a tiny run goes on from: the newest checkpoint in a folder. */
export async function readStart(folder: string): Promise<TrainStart> {
  const checkpoint = (await findCheckpoint(folder))!;
  const { state } = await readCheckpoint(checkpoint);
  const params = await readParams(checkpoint);
  return { state, params, optimizerState: await readOptimizerState(checkpoint, tinyOptimizer(), params) };
}
