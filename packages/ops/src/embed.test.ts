import { grads, memory, tensor2d, tensor3d, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { embed } from './embed.js';
import { openBackends } from './second-backend.fixture.js';

beforeAll(openBackends);

const table = (rows: number, tens: number): Tensor2D =>
  tensor2d(Array.from({ length: rows }, (_, row) => [tens * row, tens * row + 1]));

describe('embed', () => {
  it('adds the row of the token and the row of its position, from the offset on', () => {
    const ids = tensor2d([[2, 0, 2]], [1, 3], 'int32');
    expect(embed(ids, table(3, 10)).arraySync()).toEqual([
      [
        [20, 21],
        [0, 1],
        [20, 21],
      ],
    ]);
    expect(embed(ids, table(3, 10), table(5, 100), 1).arraySync()).toEqual([
      [
        [120, 122],
        [200, 202],
        [320, 322],
      ],
    ]);
  });

  it('sums the gradients of repeated ids, and of a position over the batch; what was not used gets 0', () => {
    const ids = tensor2d([1, 1, 3, 1], [2, 2], 'int32');
    const dy = tensor3d([1, 2, 10, 20, 100, 200, 1000, 2000], [2, 2, 2]);
    const call = (tokens: Tensor, positions: Tensor) => embed(ids, tokens as Tensor2D, positions as Tensor2D, 1);
    const before = memory().numTensors;
    const [dTokens, dPositions] = grads(call)([table(4, 1), table(4, 1)], dy);
    expect(dTokens.arraySync()).toEqual([
      [0, 0],
      [1011, 2022],
      [0, 0],
      [100, 200],
    ]);
    expect(dPositions.arraySync()).toEqual([
      [0, 0],
      [101, 202],
      [1010, 2020],
      [0, 0],
    ]);
    dTokens.dispose();
    dPositions.dispose();
    expect(memory().numTensors).toBe(before + 2);
  });
});
