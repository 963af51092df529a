import { useBackend } from '@sheep/backend';
import type { Batch, GradTree, Optimizer, ParamTree } from '@sheep/core';
import { clearGradients, disposeTree } from '@sheep/ops';
import { dispose, engine, memory } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tinyModel } from '../test/tiny-model.js';
import { tinyOptimizer } from '../test/tiny-run.js';
import { trainStep, type TrainStepOptions } from './train-step.js';

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

  const step = (batches: readonly Batch[], given: Partial<TrainStepOptions> = {}) =>
    trainStep({ model, params, optimizer, optimizerState, batches, context, learningRate: 0.1, ...given });

  it('takes batches of unequal counts as the one batch of all their rows', () => {
    const atOnce = step([batchOf([long, short])]);
    expect(atOnce.count).toBe(7);
    const moved = valuesOf(params);

    const fresh = model.init(1);
    const state = optimizer.init(fresh);
    const inTurn = step([batchOf([long]), batchOf([short])], { params: fresh, optimizerState: state });
    expect(inTurn.count).toBe(7);
    for (const name of ['loss', 'correct', 'gradientNorm'] as const) {
      expect(inTurn[name].dataSync()[0]).toBeCloseTo(atOnce[name].dataSync()[0], 5);
    }
    expectClose(valuesOf(fresh), moved);
    [fresh, state].forEach(disposeTree);
  });

  it('gives each batch of a step dropout masks of its own', () => {
    const [once, twice] = [[batchOf([long])], [batchOf([long]), batchOf([long])]].map(
      (batches) => step(batches, { model: tinyModel(0.5), learningRate: 1e-30 }).loss.dataSync()[0],
    );
    expect(Math.abs(twice - 2 * once)).toBeGreaterThan(1e-3);
  });

  it('leaves alone what is not trainable, and measures the gradient of the rest', () => {
    const before = valuesOf(params);
    const [embedding, weight, bias] = Object.keys(params);
    const trainable = (name: string) => name === weight;
    const state = optimizer.init({ [weight]: params[weight] });
    const { gradientNorm } = step([batchOf([long])], { context: { ...context, trainable }, optimizerState: state });
    expect(valuesOf({ e: params[embedding], b: params[bias] })).toEqual([before[0], before[2]]);
    expect(valuesOf(params)[1]).not.toEqual(before[1]);

    const grads: GradTree = {};
    const fresh = model.init(1);
    model.lossAndGradients(fresh, batchOf([long]), { ...context, trainable }, grads);
    expect(Object.keys(grads)).toEqual([weight]);
    const squares = valuesOf(grads)[0].reduce((sum, value) => sum + (value / 4) ** 2, 0);
    expect(gradientNorm.dataSync()[0]).toBeCloseTo(Math.sqrt(squares), 5);
    clearGradients(grads);
    [fresh, state].forEach(disposeTree);
  });

  it('finds the norm of the mean gradient', () => {
    const grads: GradTree = {};
    model.lossAndGradients(params, batchOf([long, short]), context, grads);
    const squares = valuesOf(grads)
      .flat()
      .reduce((sum, value) => sum + (value / 7) ** 2, 0);
    expect(step([batchOf([long, short])]).gradientNorm.dataSync()[0]).toBeCloseTo(Math.sqrt(squares), 5);
    clearGradients(grads);
  });

  it('moves every parameter and leaves only its three results behind', () => {
    const before = [valuesOf(params), memory().numTensors] as const;
    const { loss, correct, gradientNorm } = step([batchOf([long])]);
    expect(memory().numTensors).toBe(before[1] + 3);
    valuesOf(params).forEach((values, i) => expect(values).not.toEqual(before[0][i]));
    dispose([loss, correct, gradientNorm]);
  });

  it('reads nothing from the device', () => {
    const reads = [vi.spyOn(engine(), 'readSync'), vi.spyOn(engine(), 'read')];
    const { loss } = step([batchOf([long])]);
    expect(reads.map((read) => read.mock.calls.length)).toEqual([0, 0]);
    loss.dataSync();
    expect(reads[0]).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  });
});
