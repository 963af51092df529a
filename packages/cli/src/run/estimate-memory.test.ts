import { useBackend, type BackendInUse } from '@sheep/backend';
import type { Batch } from '@sheep/core';
import { gpt, type GptConfig } from '@sheep/model';
import { disposeTree } from '@sheep/ops';
import { adamw, chain, clipByGlobalNorm, trainStep } from '@sheep/train';
import { dispose } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ourBackendsHere } from '../../../../test/backends-here.js';
import { estimateMemory, type StepSizes } from './estimate-memory.js';

function config(
  [layerCount, headCount, embeddingSize, contextLength, vocabSize]: readonly number[],
  dropout = 0,
): GptConfig {
  const feedForwardSize = 4 * embeddingSize;
  return { layerCount, headCount, embeddingSize, contextLength, vocabSize, feedForwardSize, dropout };
}

function batchOf({ config: { contextLength, vocabSize }, batchSize }: StepSizes): Batch {
  const tokens = (factor: number) =>
    Int32Array.from({ length: batchSize * contextLength }, (_, i) => (factor * i) % vocabSize);
  return {
    inputs: tokens(5),
    targets: tokens(7),
    shape: [batchSize, contextLength],
    epoch: 0,
    next: { epoch: 0, batch: 1 },
  };
}

/** The most bytes that a real step held, the weights' and the optimizer's included. */
function measure(memory: NonNullable<BackendInUse['memory']>, sizes: StepSizes): number {
  const { gradientCheckpointing, gradientAccumulation } = sizes;
  const before = memory.bytesInUse;
  memory.restartPeak();
  const model = gpt(sizes.config, { gradientCheckpointing });
  const params = model.init(1);
  const optimizer = chain(clipByGlobalNorm(1), adamw());
  const optimizerState = optimizer.init(params);
  const batches = Array.from({ length: gradientAccumulation }, () => batchOf(sizes));
  const context = { seed: 1, step: 1 };
  const found = trainStep({ model, params, optimizer, optimizerState, batches, context, learningRate: 1e-3 });
  dispose([found.loss, found.correct, found.gradientNorm]);
  [params, optimizerState].forEach(disposeTree);
  expect(memory.bytesInUse).toBe(before);
  return memory.peakBytes - before;
}

const nano = { config: config([4, 4, 128, 64, 65]), batchSize: 12 };
const wide = { config: config([4, 4, 256, 128, 2000], 0.1), batchSize: 4 };
const deep = { config: config([6, 6, 192, 64, 300]), batchSize: 8 };
// Most of it is the head's.
const manyIds = { config: config([1, 2, 64, 32, 20_000]), batchSize: 8 };

describe.each(ourBackendsHere)('the estimate of a step on %s', (name) => {
  let backend: BackendInUse;
  beforeAll(async () => {
    backend = await useBackend(name);
  });

  it.each([
    ['nano', nano, 1, false],
    ['a wider one', wide, 1, false],
    ['a deep one', deep, 1, false],
    ['a large vocabulary', manyIds, 1, false],
    ['nano, its blocks computed again', nano, 1, true],
    ['a wider one, its blocks computed again', wide, 1, true],
    ['a deep one, its blocks computed again', deep, 1, true],
    ['a wider one, in three batches', wide, 3, false],
    ['a deep one, in two batches, its blocks computed again', deep, 2, true],
  ])('%s: is within a tenth of the measured peak', (_, sizes, gradientAccumulation, gradientCheckpointing) => {
    const step = { ...sizes, optimizerTrees: 2, gradientAccumulation, gradientCheckpointing };
    const { total, ...parts } = estimateMemory(step);
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(total);
    const ratio = total / measure(backend.memory!, step);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });
});
