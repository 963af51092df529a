import type { BackendInUse } from '@sheep/backend';
import type { Batch, GradTree } from '@sheep/core';
import { clearGradients, disposeTree } from '@sheep/ops';
import { dispose, memory } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Gpt } from './gpt.js';

/** A batch of some tokens, no two rows of which are the same. */
export function batchOf(rows: number, time: number, vocabSize: number): Batch {
  const tokens = (step: number) => Int32Array.from({ length: rows * time }, (_, i) => (i * step + (i % 5)) % vocabSize);
  return { inputs: tokens(5), targets: tokens(7), shape: [rows, time], epoch: 0, next: { epoch: 0, batch: 1 } };
}

/**
 * Forward and backward pass of a model with fresh parameters, which must leave no tensor but its results.
 *
 * @returns loss and gradients, and the most bytes that it took of a heap of ours.
 */
export function measurePass(
  { memory: heap }: BackendInUse,
  model: Gpt,
  batch: Batch,
  trainable?: (name: string) => boolean,
) {
  const params = model.init(1);
  const grads: GradTree = {};
  heap?.restartPeak();
  const before = [memory().numTensors, heap?.bytesInUse ?? 0];
  const { loss, correct } = model.lossAndGradients(params, batch, { seed: 3, step: 9, trainable }, grads);
  const peak = (heap?.peakBytes ?? 0) - before[1];
  const gradients = Object.fromEntries(Object.entries(grads).map(([key, grad]) => [key, [...grad.dataSync()]]));
  const found = { loss: loss.dataSync()[0], gradients };
  clearGradients(grads);
  dispose([loss, correct]);
  expect(memory().numTensors).toBe(before[0]);
  disposeTree(params);
  return { found, peak };
}
