import { useBackend } from '@sheep/backend';
import type { GradTree } from '@sheep/core';
import { tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { minimize, parabola, takeUpdate, treeOf, valuesOf } from '../../test/optimizing.js';
import { adamw, type AdamwOptions } from './adamw.js';

/** The parameters after one update by AdamW. */
function afterOne(options: AdamwOptions, values: Parameters<typeof treeOf>[0], grads: GradTree, learningRate: number) {
  const [optimizer, params] = [adamw(options), treeOf(values)];
  takeUpdate(optimizer, { params, state: optimizer.init(params) }, grads, { learningRate });
  return valuesOf(params);
}

const values = { matrix: [[2, -4]], vector: [2, -4] };
const still = () => ({ matrix: tensor([[0, 0]]), vector: tensor([0, 0]) });
const isVector = (name: string): boolean => name === 'vector';

describe('adamw', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('decays matrices, and neither vectors nor scalars', () => {
    // w (1 - 0.25 * 0.5)
    const decayed = { matrix: [1.75, -3.5], vector: [2, -4] };
    expect(afterOne({ weightDecay: 0.5 }, values, still(), 0.25)).toEqual(decayed);
  });

  it('decays what a mask says instead', () => {
    const decayed = { matrix: [2, -4], vector: [1.75, -3.5] };
    expect(afterOne({ weightDecay: 0.5, decays: isVector }, values, still(), 0.25)).toEqual(decayed);
  });

  it('goes one learning rate against the sign at the first step, whatever the size, apart from the decay', () => {
    const grads = { matrix: tensor([[1e-3, -1e3]]), vector: tensor([1e-3, -1e3]) };
    const ones = { matrix: [[1, 1]], vector: [1, 1] };
    const { matrix, vector } = afterOne({ weightDecay: 0.5 }, ones, grads, 0.1);
    expect(matrix[0]).toBeCloseTo(1 - 0.05 - 0.1, 5);
    expect(matrix[1]).toBeCloseTo(1 - 0.05 + 0.1, 5);
    expect(vector[0]).toBeCloseTo(1 - 0.1, 5);
    expect(vector[1]).toBeCloseTo(1 + 0.1, 5);
  });

  it('reaches the minimum of a parabola that is steep one way and flat the other', () => {
    const found = minimize(adamw({ weightDecay: 0 }), parabola([3, -2], [100, 0.1]), {
      start: [0, 0],
      steps: 1500,
      rate: 0.1,
    });
    expect(found[0]).toBeCloseTo(3, 3);
    expect(found[1]).toBeCloseTo(-2, 3);
  });

  it.each([
    [{ betas: [0.9, 1] as const }, 'betas from 0 to below 1'],
    [{ betas: [NaN, 0.9] as const }, 'betas from 0 to below 1'],
    [{ epsilon: 0 }, 'an epsilon above 0'],
    [{ epsilon: Infinity }, 'an epsilon above 0'],
    [{ weightDecay: -0.1 }, 'a weight decay of 0 or more'],
    [{ weightDecay: NaN }, 'a weight decay of 0 or more'],
  ])('refuses %o', (options, expected) => {
    expect(() => adamw(options)).toThrow(expected);
  });

  it('takes an option that is undefined as not given', () => {
    const [given, plain] = [{ betas: undefined, weightDecay: undefined }, {}].map((options) =>
      afterOne(options, { matrix: [[1]] }, { matrix: tensor([[0.5]]) }, 0.1),
    );
    expect(given).toEqual(plain);
  });
});
