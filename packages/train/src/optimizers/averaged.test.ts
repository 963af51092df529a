import { useBackend } from '@sheep/backend';
import { tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { takeUpdate, treeOf, valuesOf } from '../../test/optimizing.js';
import { averaged } from './averaged.js';
import { chain } from './chain.js';
import { sgd } from './sgd.js';

const plain = sgd({ momentum: 0 });

describe('averaged', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('starts with the weights after the first update and follows them, also of a parameter that stands still', () => {
    const params = treeOf({ moves: [1], stands: [5] });
    const optimizer = averaged(plain, { decay: 0.75 });
    const trees = { params, state: optimizer.init(params) };
    const weights = optimizer.weights!(params, trees.state);
    expect(valuesOf(weights)).toEqual({ moves: [1], stands: [5] });
    const averages = [1, 2, 3].map((step) => {
      takeUpdate(optimizer, trees, { moves: tensor([1]) }, { step, learningRate: 1 });
      return valuesOf(weights).moves[0];
    });
    // The weight goes 0, -1, -2.
    expect(averages).toEqual([0, -0.25, -0.25 + 0.25 * (-2 + 0.25)]);
    expect(valuesOf(weights).stands).toEqual([5]);
    expect(valuesOf(params)).toEqual({ moves: [-2], stands: [5] });
  });

  it('keeps no average of what is not trained, and publishes that as it is', () => {
    const params = treeOf({ trained: [1], frozen: [2] });
    const optimizer = chain(averaged(plain, { decay: 0.5 }));
    const state = optimizer.init({ trained: params.trained });
    expect(Object.keys(state)).toEqual(['average/trained']);
    const weights = optimizer.weights!(params, state);
    expect([weights.trained, weights.frozen]).toEqual([state['average/trained'], params.frozen]);
  });

  it.each([-0.1, 1, NaN])('refuses a decay of %d', (decay) => {
    expect(() => averaged(plain, { decay })).toThrow('a decay from 0 to below 1');
  });
});
