import { useBackend } from '@sheep/backend';
import type { Optimizer, Update, UpdateTransform } from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { add, mul, scalar, tensor1d, variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamw } from './adamw.js';
import { chain } from './chain.js';

const double: UpdateTransform = (update) => ({ ...update, scale: mul(update.scale, 2) });
const increase: UpdateTransform = (update) => ({ ...update, scale: add(update.scale, 1) });

const update = (): Update => ({
  params: {},
  grads: {},
  step: 3,
  learningRate: 0.1,
  scale: scalar(5),
  norm: scalar(1),
});

/** An optimizer that only remembers the scale it was handed. */
function remembering() {
  const scales: number[] = [];
  const optimizer: Optimizer = { init: () => ({}), update: ({ scale }) => void scales.push(scale.dataSync()[0]) };
  return { scales, optimizer };
}

describe('chain', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('hands the update from first to last', () => {
    const { scales, optimizer } = remembering();
    chain(double, increase, optimizer).update(update(), {});
    chain(increase, double, optimizer).update(update(), {});
    chain(optimizer).update(update(), {});
    expect(scales).toEqual([11, 12, 5]);
  });

  it('has the state of the optimizer', async () => {
    const params = { w: variable(tensor1d([1, 2])) };
    const state = chain(double, adamw()).init(params);
    const values = await Promise.all(
      Object.entries(state).map(async ([name, tensor]) => [name, [...(await tensor.data())]]),
    );
    expect(values).toEqual([
      ['first/w', [0, 0]],
      ['second/w', [0, 0]],
    ]);
    disposeTree(state);
    disposeTree(params);
  });
});
