import {
  grads,
  memory,
  tensor,
  unsortedSegmentSum,
  gather,
  setBackend,
  tensor1d,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../use-backend.js';

const rows = (count: number, ...rest: number[]): Tensor => {
  const size = rest.reduce((a, b) => a * b, count);
  return tensor(
    Array.from({ length: size }, (_, i) => ((i * 37) % 23) - 11),
    [count, ...rest],
  );
};

beforeAll(async () => {
  await useBackend('js');
  await useBackend('tfjs-wasm');
});

const twoRowsOfIds = (): Tensor => tensor([3, 3, 0, 1, 3, 0], [2, 3], 'int32');

async function onBoth(compute: () => Tensor): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const backend of ['cpu', 'wasm']) {
    await setBackend(backend);
    const result = compute();
    results.push(result.arraySync());
    result.dispose();
  }
  return results;
}

describe('UnsortedSegmentSum on tfjs-wasm', () => {
  it.each([
    ['a vector', [6], [2, 0, 2, 2, 0, 5], 6],
    ['rows', [7, 3], [1, 1, 1, 4, 0, 1, 4], 5],
    ['rows of rows', [4, 2, 3], [3, 3, 0, 3], 4],
    ['one segment', [5, 2], [0, 0, 0, 0, 0], 1],
  ] as const)('sums repeated ids as cpu does: %s', async (_, [count, ...rest], ids, segments) => {
    const [cpu, wasm] = await onBoth(() =>
      unsortedSegmentSum(rows(count, ...rest), tensor1d([...ids], 'int32'), segments),
    );
    expect(wasm).toEqual(cpu);
  });

  it('makes the gradient of gather work, with ids of two dimensions, and leaves no tensor', async () => {
    const [cpu, wasm] = await onBoth(
      () => grads((x: Tensor) => gather(x, twoRowsOfIds()))([rows(4, 2)], rows(2, 3, 2))[0],
    );
    expect(wasm).toEqual(cpu);
    const [x, numbers] = [rows(4, 2) as Tensor2D, tensor1d([1, 1, 0, 1], 'int32')];
    const before = memory().numTensors;
    const result: Tensor = unsortedSegmentSum(x, numbers, 2);
    const values = x.arraySync();
    expect(result.arraySync()).toEqual([values[2], [0, 1].map((c) => values[0][c] + values[1][c] + values[3][c])]);
    result.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
