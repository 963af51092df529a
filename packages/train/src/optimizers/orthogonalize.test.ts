import { useBackend } from '@sheep/backend';
import { memory, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { orthogonalize } from './orthogonalize.js';

describe('orthogonalize', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('brings singular values near 1, tall and wide, and leaves one tensor', () => {
    const before = memory().numTensors;
    // Singular values 4, 1 and 0.2 along the axes.
    const diagonals = [tensor2d([4, 0, 0, 0, 1, 0, 0, 0, 0.2, 0, 0, 0], [4, 3]), tensor2d([4, 0, 0, 0, 1, 0], [2, 3])];
    const found = diagonals.map((matrix) => orthogonalize(matrix));
    expect(memory().numTensors).toBe(before + 4);
    for (const matrix of found) {
      const [rows, columns] = matrix.shape;
      matrix.dataSync().forEach((value, i) => {
        const onDiagonal = Math.floor(i / columns) === i % columns && i / columns < Math.min(rows, columns);
        expect(value).toBeGreaterThan(onDiagonal ? 0.65 : -1e-6);
        expect(value).toBeLessThan(onDiagonal ? 1.25 : 1e-6);
      });
    }
  });

  it('leaves a matrix of zeros one', () => {
    expect([...orthogonalize(tensor2d([0, 0, 0, 0], [2, 2])).dataSync()]).toEqual([0, 0, 0, 0]);
  });
});
