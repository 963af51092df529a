import { useBackend } from '@sheep/backend';
import type { Batch, GradTree, Optimizer, ParamTree } from '@sheep/core';
import { clearGradients, disposeTree, globalNorm } from '@sheep/ops';
import { dispose, engine, memory, mul, scalar, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tinyModel } from '../test/tiny-model.js';
import { tinyOptimizer } from '../test/tiny-run.js';
import { trainStep } from './train-step.js';

const context = { seed: 1, step: 1 };
const model = tinyModel();

type Row = readonly [inputs: readonly number[], targets: readonly number[]];

const batchOf = (rows: readonly Row[]): Batch => ({
  inputs: Int32Array.from(rows.flatMap(([inputs]) => inputs)),
  targets: Int32Array.from(rows.flatMap(([, targets]) => targets)),
  shape: [rows.length, 4],
  epoch: 0,
  next: { epoch: 0, batch: 1 },
});

// Unequal counts: 4 targets, then 3.
const long: Row = [
  [0, 1, 2, 3],
  [1, 2, 3, 4],
];
const short: Row = [
  [4, 5, 6, 0],
  [5, 6, 0, -100],
];

const valuesOf = (tree: ParamTree | GradTree) => Object.values(tree).map((tensor) => [...tensor.dataSync()]);

function expectClose(found: number[][], expected: number[][]): void {
  found.forEach((values, i) => values.forEach((value, j) => expect(value).toBeCloseTo(expected[i][j], 5)));
}

describe('trainStep', () => {
  let optimizer: Optimizer;
  let params: ParamTree;
  let optimizerState: ParamTree;

  beforeAll(async () => {
    await useBackend('js');
  });
  beforeEach(() => {
    optimizer = tinyOptimizer();
    params = model.init(1);
    optimizerState = optimizer.init(params);
    return () => [params, optimizerState].forEach(disposeTree);
  });

  const step = (batch: Batch) =>
    trainStep({ model, params, optimizer, optimizerState, batch, context, learningRate: 0.1 });

  it('is the same as adding up the gradients of the parts by hand, whatever their counts', () => {
    const { loss, count, gradientNorm } = step(batchOf([long, short]));
    expect(count).toBe(7);
    const [atOnce, norm] = [valuesOf(params), gradientNorm.dataSync()[0]];

    const fresh = model.init(1);
    const state = optimizer.init(fresh);
    const grads: GradTree = {};
    const parts = [long, short].map((row) => model.lossAndGradients(fresh, batchOf([row]), context, grads));
    const total = parts.reduce((sum, part) => sum + part.count, 0);
    tidy(() => {
      const scale = scalar(1 / total);
      const sumNorm = mul(globalNorm(Object.values(grads)), scale) as typeof scale;
      expect(sumNorm.dataSync()[0]).toBeCloseTo(norm, 5);
      optimizer.update({ params: fresh, grads, step: 1, learningRate: 0.1, scale, norm: sumNorm }, state);
    });
    expect(parts.map((part) => part.loss.dataSync()[0]).reduce((a, b) => a + b)).toBeCloseTo(loss.dataSync()[0], 4);
    expectClose(valuesOf(fresh), atOnce);
    clearGradients(grads);
    [fresh, state].forEach(disposeTree);
  });

  it('finds the norm of the mean gradient', () => {
    const grads: GradTree = {};
    model.lossAndGradients(params, batchOf([long, short]), context, grads);
    const squares = valuesOf(grads)
      .flat()
      .reduce((sum, value) => sum + (value / 7) ** 2, 0);
    expect(step(batchOf([long, short])).gradientNorm.dataSync()[0]).toBeCloseTo(Math.sqrt(squares), 5);
    clearGradients(grads);
  });

  it('moves every parameter and leaves only its three results behind', () => {
    const before = [valuesOf(params), memory().numTensors] as const;
    const { loss, correct, gradientNorm } = step(batchOf([long]));
    expect(memory().numTensors).toBe(before[1] + 3);
    valuesOf(params).forEach((values, i) => expect(values).not.toEqual(before[0][i]));
    dispose([loss, correct, gradientNorm]);
  });

  it('reads nothing from the device', () => {
    const reads = [vi.spyOn(engine(), 'readSync'), vi.spyOn(engine(), 'read')];
    const { loss } = step(batchOf([long]));
    expect(reads.map((read) => read.mock.calls.length)).toEqual([0, 0]);
    loss.dataSync();
    expect(reads[0]).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  });
});
