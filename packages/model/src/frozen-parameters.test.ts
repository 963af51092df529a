import { useBackend, type BackendInUse } from '@sheep/backend';
import type { Batch, GradTree } from '@sheep/core';
import { clearGradients, disposeTree } from '@sheep/ops';
import { dispose, memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backendsHere } from '../../../test/backends-here.js';
import { gpt } from './gpt.js';

const model = gpt({
  vocabSize: 401,
  contextLength: 32,
  layerCount: 3,
  headCount: 2,
  embeddingSize: 16,
  feedForwardSize: 64,
  dropout: 0.2,
});

function batchOf(rows: number, time: number): Batch {
  const tokens = (step: number) => Int32Array.from({ length: rows * time }, (_, i) => (i * step + (i % 5)) % 401);
  return { inputs: tokens(5), targets: tokens(7), shape: [rows, time], epoch: 0, next: { epoch: 0, batch: 1 } };
}

const isMatrix = (key: string) => /(?:wte|attn|mlp)\..*weight/.test(key);

describe.each(backendsHere)('frozen parameters on %s', (name) => {
  let backend: BackendInUse;
  beforeAll(async () => {
    backend = await useBackend(name);
  });

  function pass(trainable?: (name: string) => boolean, batch = batchOf(4, 32)) {
    const params = model.init(1);
    const grads: GradTree = {};
    backend.memory?.restartPeak();
    const before = [memory().numTensors, backend.memory?.bytesInUse ?? 0];
    const { loss, correct } = model.lossAndGradients(params, batch, { seed: 3, step: 9, trainable }, grads);
    const peak = (backend.memory?.peakBytes ?? 0) - before[1];
    const found = Object.entries(grads).map(([key, grad]) => [key, [...grad.dataSync()]] as const);
    const lossValue = loss.dataSync()[0];
    clearGradients(grads);
    dispose([loss, correct]);
    expect(memory().numTensors).toBe(before[0]);
    disposeTree(params);
    return { gradients: Object.fromEntries(found), loss: lossValue, peak };
  }

  it.each([
    ['all but the embeddings', /h\.|ln_f/],
    ['one block', /h\.1\./],
    ['one layer of each block', /c_attn/],
    ['biases and norms', /bias|ln_/],
    ['the token embedding', /wte/],
    ['the last norm', /ln_f/],
  ])('leave the gradients of the others as they are, to the bit: %s', (_, pattern) => {
    const all = pass();
    const some = pass((key) => pattern.test(key));
    const expected = Object.entries(all.gradients).filter(([key]) => pattern.test(key));
    expect(some.gradients).toEqual(Object.fromEntries(expected));
    expect(some.loss).toBe(all.loss);
  });

  it('have no gradients that take memory until the others are done', () => {
    if (!backend.memory) return;
    // Few tokens, so that there is more of gradients than of anything else.
    const few = batchOf(1, 4);
    const all = pass(undefined, few);
    const matrices = Object.entries(all.gradients).filter(([key]) => isMatrix(key));
    const spared = matrices.reduce((sum, [, values]) => sum + 4 * values.length, 0);
    expect(all.peak - pass((key) => !isMatrix(key), few).peak).toBeGreaterThan(0.8 * spared);
  });
});
