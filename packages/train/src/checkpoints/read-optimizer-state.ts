import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  readSafetensors,
  SheepError,
  toFloat32,
  type ErrorCode,
  type Optimizer,
  type ParamTree,
  type StoredTensor,
} from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { tensor, tidy } from '@tensorflow/tfjs-core';
import { FILES } from './names.js';

function wrong(code: ErrorCode, path: string, expected: string, received: string): SheepError {
  return new SheepError(code, {
    doing: `reading the optimizer's state in ${path}`,
    expected,
    received,
    remedy: 'continue with the optimizer and the model of the checkpoint',
  });
}

async function readTensors(path: string): Promise<ReadonlyMap<string, StoredTensor>> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw wrong('not-found', path, 'this file', cause.code ?? String(cause));
  });
  return readSafetensors(bytes, path).tensors;
}

const shapeOf = ({ shape }: { readonly shape: readonly number[] }): string => `shape [${shape.join(', ')}]`;

function checkShapes(path: string, stored: ReadonlyMap<string, StoredTensor>, state: ParamTree): void {
  const count = Object.keys(state).length;
  if (stored.size !== count) throw wrong('mismatch', path, `${count} tensors`, `${stored.size}`);
  for (const [name, variable] of Object.entries(state)) {
    const found = stored.get(name);
    const [expected, received] = [shapeOf(variable), found ? shapeOf(found) : 'none of that name'];
    if (received !== expected) throw wrong('mismatch', path, `${name} of ${expected}`, received);
  }
}

/**
 * The moments of an optimizer from a checkpoint. The caller owns them.
 *
 * @throws SheepError `not-found`, `bad-file`, or `mismatch` where they are of another optimizer or model.
 */
export async function readOptimizerState(folder: string, optimizer: Optimizer, params: ParamTree): Promise<ParamTree> {
  const path = join(folder, FILES.optimizer);
  const stored = await readTensors(path);
  const state = optimizer.init(params);
  try {
    checkShapes(path, stored, state);
    for (const [name, variable] of Object.entries(state)) {
      tidy(() => variable.assign(tensor(toFloat32(stored.get(name)!), variable.shape)));
    }
    return state;
  } catch (error) {
    disposeTree(state);
    throw error;
  }
}
