import { useBackend } from '@sheep/backend';
import { tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { takeUpdate, treeOf, valuesOf } from '../../test/optimizing.js';
import { averaged } from './averaged.js';
import { chain } from './chain.js';
import { partition } from './partition.js';
import { scaleLearningRate } from './scale-learning-rate.js';
import { sgd } from './sgd.js';

const plain = sgd({ momentum: 0 });
const labelOf = (name: string) => ({ a: 'slow', b: 'still' })[name] ?? 'rest';

describe('partition', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('updates each parameter by the optimizer of its label, at its rate', () => {
    const params = treeOf({ a: [1], b: [1], c: [1] });
    const optimizer = partition(labelOf, {
      slow: chain(scaleLearningRate(0.5), plain),
      still: chain(scaleLearningRate(0), plain),
      rest: sgd({ momentum: 0.9 }),
    });
    const trees = { params, state: optimizer.init(params) };
    expect(Object.keys(trees.state)).toEqual(['velocity/c']);
    const grads = { a: tensor([1]), b: tensor([1]), c: tensor([1]) };
    for (const step of [1, 2]) takeUpdate(optimizer, trees, grads, { step, learningRate: 0.25 });
    // The velocity of c is 1, then 1.9.
    expect(valuesOf(params)).toEqual({ a: [0.75], b: [1], c: [Math.fround(1 - 0.25 - 0.25 * 1.9)] });
  });

  it('publishes the averages of those optimizers that keep some', () => {
    const params = treeOf({ a: [1], b: [2], c: [3] });
    const optimizer = partition((name) => (name === 'b' ? 'averaged' : 'plain'), {
      averaged: averaged(plain, { decay: 0.5 }),
      plain,
    });
    const state = optimizer.init(params);
    const weights = optimizer.weights!(params, state);
    expect(Object.keys(weights)).toEqual(['a', 'b', 'c']);
    expect([weights.a, weights.b, weights.c]).toEqual([params.a, state['average/b'], params.c]);
  });

  it('refuses a label that has no optimizer', () => {
    const optimizer = partition<string>((name) => name, { a: plain });
    expect(() => optimizer.init(treeOf({ a: [1], b: [1] }))).toThrow(
      'choosing the optimizer of b: expected one of the labels a, received b',
    );
  });
});

describe('scaleLearningRate', () => {
  it.each([-1, NaN, Infinity])('refuses %d', (factor) => {
    expect(() => scaleLearningRate(factor)).toThrow('a factor of 0 or more');
  });
});
