import { useBackend, type BackendInUse } from '@sheep/backend';
import type { Batch, GradTree } from '@sheep/core';
import { clearGradients, disposeTree } from '@sheep/ops';
import { dispose, memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backendsHere } from '../../../test/backends-here.js';
import { gpt, type Gpt } from './gpt.js';

const config = {
  vocabSize: 13,
  contextLength: 32,
  layerCount: 6,
  headCount: 2,
  embeddingSize: 16,
  feedForwardSize: 64,
  dropout: 0.2,
};
const keeping = gpt(config);
const recomputing = gpt(config, { gradientCheckpointing: true });

const tokens = (step: number) => Int32Array.from({ length: 4 * 32 }, (_, i) => (i * step + (i % 5)) % 13);
const batch: Batch = { inputs: tokens(5), targets: tokens(7), shape: [4, 32], epoch: 0, next: { epoch: 0, batch: 1 } };

const someTrainable = (name: string) => /h\.[24]\..*(c_attn|ln_2)/.test(name);

describe.each(backendsHere)('gradient checkpointing on %s', (name) => {
  let backend: BackendInUse;
  beforeAll(async () => {
    backend = await useBackend(name);
  });

  function pass(model: Gpt, trainable?: (name: string) => boolean) {
    const params = model.init(1);
    const grads: GradTree = {};
    backend.memory?.restartPeak();
    const before = [memory().numTensors, backend.memory?.bytesInUse ?? 0];
    const { loss, correct } = model.lossAndGradients(params, batch, { seed: 3, step: 9, trainable }, grads);
    const peak = (backend.memory?.peakBytes ?? 0) - before[1];
    const bytes = Object.fromEntries(
      Object.entries(grads).map(([key, grad]) => [key, Buffer.from(grad.dataSync().buffer).toString('hex')]),
    );
    const found = { loss: loss.dataSync()[0], bytes };
    clearGradients(grads);
    dispose([loss, correct]);
    expect(memory().numTensors).toBe(before[0]);
    disposeTree(params);
    return { found, peak };
  }

  it('gives the same bits, dropout included, and leaves no tensor behind', () => {
    const { found } = pass(keeping);
    expect(Object.keys(found.bytes).length).toBe(2 + 6 * 12 + 2);
    expect(pass(recomputing).found).toEqual(found);
  });

  it('gives the same bits where only some parameters are trained', () => {
    const { found } = pass(keeping, someTrainable);
    expect(Object.keys(found.bytes).length).toBe(8);
    expect(pass(recomputing, someTrainable).found).toEqual(found);
  });

  it('takes less memory', () => {
    if (!backend.memory) return;
    pass(keeping);
    expect(pass(recomputing).peak).toBeLessThan(0.5 * pass(keeping).peak);
  });
});
