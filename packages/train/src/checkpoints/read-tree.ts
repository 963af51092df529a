import { readSafetensors, SheepError, toFloat32, type ErrorCode, type ParamTree, type StoredTensor } from '@sheep/core';
import { readFileUpTo } from '@sheep/core/node';
import { tensor, tidy } from '@tensorflow/tfjs-core';

function wrong(code: ErrorCode, path: string, expected: string, received: string): SheepError {
  return new SheepError(code, {
    doing: `reading ${path}`,
    expected,
    received,
    remedy: 'continue with the optimizer and the model of the checkpoint',
  });
}

const MAX_HEADER_BYTES = 100_000_000;
const MAX_BYTES_PER_VALUE = 8;

async function readTensors(path: string, expected: ParamTree): Promise<ReadonlyMap<string, StoredTensor>> {
  const values = Object.values(expected).reduce((sum, { size }) => sum + size, 0);
  const bytes = await readFileUpTo(path, MAX_HEADER_BYTES + MAX_BYTES_PER_VALUE * values);
  if (bytes === undefined) throw wrong('not-found', path, 'this file', 'none');
  return readSafetensors(bytes, path).tensors;
}

const shapeOf = ({ shape }: { readonly shape: readonly number[] }): string => `shape [${shape.join(', ')}]`;

function checkShapes(path: string, stored: ReadonlyMap<string, StoredTensor>, tree: ParamTree): void {
  const count = Object.keys(tree).length;
  if (stored.size !== count) throw wrong('mismatch', path, `${count} tensors`, `${stored.size}`);
  for (const [name, variable] of Object.entries(tree)) {
    const found = stored.get(name);
    const [expected, received] = [shapeOf(variable), found ? shapeOf(found) : 'none of that name'];
    if (received !== expected) throw wrong('mismatch', path, `${name} of ${expected}`, received);
  }
}

/**
 * Assigns the tensors of a file to a tree, all of them or none.
 *
 * @throws SheepError `not-found`, `bad-file`, or `mismatch` where names or shapes are not the tree's.
 */
export async function readIntoTree(path: string, tree: ParamTree): Promise<void> {
  const stored = await readTensors(path, tree);
  checkShapes(path, stored, tree);
  for (const [name, variable] of Object.entries(tree)) {
    tidy(() => variable.assign(tensor(toFloat32(stored.get(name)!), variable.shape)));
  }
}
