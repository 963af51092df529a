import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, SheepError, toFloat32, type Optimizer, type ParamTree, type TrainState } from '@sheep/core';
import { verifyManifest } from '@sheep/core/node';
import { disposeTree } from '@sheep/ops';
import { tensor, tidy } from '@tensorflow/tfjs-core';
import { parseState } from './parse-state.js';
import { FILES } from './names.js';
import { pointedTo, type Which } from './pointers.js';

/**
 * The folder of a run's checkpoint.
 *
 * @param path a run, its `checkpoints` folder or a checkpoint.
 * @returns undefined where a run has none yet, or where the path is something else.
 */
export async function findCheckpoint(path: string, which: Which = 'last'): Promise<string | undefined> {
  if (existsSync(join(path, FILES.state))) return path;
  for (const folder of [path, join(path, 'checkpoints')]) {
    const name = await pointedTo(folder, which);
    if (name !== undefined) return join(folder, name);
  }
  return undefined;
}

/** What a checkpoint says besides its weights. */
export interface ReadCheckpoint {
  readonly state: TrainState;
  /** All of `state.json`, with what the writer added. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Reads a checkpoint's state, after checking every file against its SHA-256.
 *
 * @throws SheepError `bad-file` that names what is damaged, `not-found`.
 */
export async function readCheckpoint(folder: string): Promise<ReadCheckpoint> {
  await verifyManifest(folder);
  const path = join(folder, FILES.state);
  const fields = parseState(await readFile(path, 'utf8'), path);
  return { state: fields, fields: fields as unknown as Record<string, unknown> };
}

function mismatch(source: string, expected: string, received: string): SheepError {
  return new SheepError('mismatch', {
    doing: `reading the optimizer's state in ${source}`,
    expected,
    received,
    remedy: 'continue with the optimizer and the model of the checkpoint',
  });
}

/**
 * The moments of an optimizer from a checkpoint. The caller owns them.
 *
 * @throws SheepError `bad-file`, or `mismatch` where they are of another optimizer or model.
 */
export async function readOptimizerState(folder: string, optimizer: Optimizer, params: ParamTree): Promise<ParamTree> {
  const path = join(folder, FILES.optimizer);
  const { tensors } = readSafetensors(await readFile(path), path);
  const state = optimizer.init(params);
  try {
    if (tensors.size !== Object.keys(state).length) {
      throw mismatch(path, `${Object.keys(state).length} tensors`, `${tensors.size}`);
    }
    for (const [name, variable] of Object.entries(state)) {
      const stored = tensors.get(name);
      if (stored?.shape.join() !== variable.shape.join()) {
        const received = stored ? `shape [${stored.shape.join(', ')}]` : 'none of that name';
        throw mismatch(path, `${name} of shape [${variable.shape.join(', ')}]`, received);
      }
      tidy(() => variable.assign(tensor(toFloat32(stored!), variable.shape)));
    }
    return state;
  } catch (error) {
    disposeTree(state);
    throw error;
  }
}
