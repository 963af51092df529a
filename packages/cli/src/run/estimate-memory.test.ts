import { useBackend, type BackendInUse } from '@sheep/backend';
import type { Batch } from '@sheep/core';
import { gpt, type GptConfig, isLoraParameter, lora } from '@sheep/model';
import { disposeTree } from '@sheep/ops';
import { adamw, chain, clipByGlobalNorm, trainableOf, trainStep } from '@sheep/train';
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

function batchOf({ config: { vocabSize }, batchSize, rowLength }: StepSizes): Batch {
  const tokens = (factor: number) =>
    Int32Array.from({ length: batchSize * rowLength }, (_, i) => (factor * i) % vocabSize);
  return {
    inputs: tokens(5),
    targets: tokens(7),
    shape: [batchSize, rowLength],
    epoch: 0,
    next: { epoch: 0, batch: 1 },
  };
}

/** The most bytes that a real step held, the weights' and the optimizer's included. */
function measure(memory: NonNullable<BackendInUse['memory']>, sizes: StepSizes): number {
  const { config, gradientCheckpointing, gradientAccumulation, trainable, adapter } = sizes;
  const before = memory.bytesInUse;
  memory.restartPeak();
  const base = gpt(config, { gradientCheckpointing });
  const targets = (name: string) => adapter!.names.includes(name);
  const model = adapter ? lora(base, { rank: adapter.rank, alpha: 16, targets }) : base;
  const params = model.init(1);
  const optimizer = chain(clipByGlobalNorm(1), adamw());
  const optimizerState = optimizer.init(trainableOf(params, trainable));
  const batches = Array.from({ length: gradientAccumulation }, () => batchOf(sizes));
  const context = { seed: 1, step: 1, trainable };
  const found = trainStep({ model, params, optimizer, optimizerState, batches, context, learningRate: 1e-3 });
  dispose([found.loss, found.correct, found.gradientNorm]);
  [params, optimizerState].forEach(disposeTree);
  expect(memory.bytesInUse).toBe(before);
  return memory.peakBytes - before;
}

const sizesOf = (model: GptConfig, batchSize: number): StepSizes => ({
  config: model,
  batchSize,
  rowLength: model.contextLength,
  optimizerTrees: 2,
  gradientAccumulation: 1,
  gradientCheckpointing: false,
  trainable: undefined,
  adapter: undefined,
});

const nano = sizesOf(config([4, 4, 128, 64, 65]), 12);
const wide = sizesOf(config([4, 4, 256, 128, 2000], 0.1), 4);
const deep = sizesOf(config([6, 6, 192, 64, 300]), 8);
// Most of it is the head's.
const manyIds = sizesOf(config([1, 2, 64, 32, 20_000]), 8);

const adapterOn = ({ config: { layerCount } }: StepSizes, layers: readonly string[]) => ({
  trainable: isLoraParameter,
  adapter: {
    rank: 8,
    names: Array.from({ length: layerCount }, (_, i) =>
      layers.map((layer) => `transformer.h.${i}.${layer}.weight`),
    ).flat(),
  },
});
const ATTENTION = ['attn.c_attn'];
const EVERY = ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'];

describe.each(ourBackendsHere)('the estimate of a step on %s', (name) => {
  let backend: BackendInUse;
  beforeAll(async () => {
    backend = await useBackend(name);
  });

  it.each<[string, StepSizes, Partial<StepSizes>]>([
    ['nano', nano, {}],
    ['a wider one', wide, {}],
    ['a deep one', deep, {}],
    ['a large vocabulary', manyIds, {}],
    ['nano, its blocks computed again', nano, { gradientCheckpointing: true }],
    ['a wider one, its blocks computed again', wide, { gradientCheckpointing: true }],
    ['a deep one, its blocks computed again', deep, { gradientCheckpointing: true }],
    ['a wider one, in three batches', wide, { gradientAccumulation: 3 }],
    ['a deep one, in two batches, again', deep, { gradientAccumulation: 2, gradientCheckpointing: true }],
    ['short rows', wide, { rowLength: 16 }],
    ['the last two blocks', deep, { trainable: (name) => /h\.[45]\./.test(name) }],
    ['all but the embeddings', wide, { trainable: (name) => !/\.w[tp]e\./.test(name) }],
    ['the last norm', deep, { trainable: (name) => name.includes('ln_f') }],
    ['biases', deep, { trainable: (name) => name.endsWith('bias') }],
    ['LoRA', deep, adapterOn(deep, ATTENTION)],
    ['LoRA in every layer', wide, adapterOn(wide, EVERY)],
    [
      'LoRA with short rows, in two batches',
      wide,
      { ...adapterOn(wide, EVERY), rowLength: 16, gradientAccumulation: 2 },
    ],
    ['LoRA, its blocks computed again', deep, { ...adapterOn(deep, EVERY), gradientCheckpointing: true }],
  ])('%s: is within a tenth of the measured peak', (_, sizes, changed) => {
    const step = { ...sizes, ...changed };
    const { total, ...parts } = estimateMemory(step);
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(total);
    const ratio = total / measure(backend.memory!, step);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });
});
