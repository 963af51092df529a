import { readFileSync } from 'node:fs';
import { fillNormal, readSafetensors } from '@sheep/core';
import { adamwUpdate, attention, embed, globalNorm, headLoss, linearResidual, normLinear } from '@sheep/ops';
import { opChecks } from '@sheep/ops/contract';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerTfjsGradients } from '../../tfjs-gradients.js';
import type { HeapBackend } from './heap-backend.js';
import { deviceNames, openDevice } from './heap-backend.fixture.js';

const reference = readSafetensors(
  readFileSync(new URL('../../../../../fixtures/ops/ops.safetensors', import.meta.url)),
);

// The reference is computed in double precision; these are float32.
const BOUND = 2e-5;

const [V, C, T] = [11, 8, 6];

function parameters(): tf.Variable[] {
  const shapes = [[V, C], [T, C], [C], [C, 3 * C], [C, C]];
  return shapes.map((shape, i) => {
    const values = fillNormal({ seed: 5, stream: i, step: 0 }, new Float32Array(shape.reduce((a, b) => a * b)));
    return tf.tidy(() => tf.variable(tf.mul(tf.tensor(values, shape), 0.2)));
  });
}

/** The sum of the losses of a block of attention that learns to say its input again. */
function lossOf([tokens, positions, gain, qkv, out]: tf.Tensor[], ids: tf.Tensor2D): tf.Scalar {
  const x = embed(ids, tokens as tf.Tensor2D, positions as tf.Tensor2D, 0);
  const packed = normLinear(x, { gain: gain as tf.Tensor1D }, { weight: qkv as tf.Tensor2D });
  const mixed = attention(packed as tf.Tensor3D, { headCount: 2 });
  const y = linearResidual(mixed, { weight: out as tf.Tensor2D }, x);
  const targets = tf.reshape(ids, [-1]) as tf.Tensor1D;
  return headLoss(tf.reshape(y, [-1, C]) as tf.Tensor2D, tokens as tf.Tensor2D, targets).loss;
}

/** Trains, and tells after each step the loss and what lives. */
function trainSteps(device: HeapBackend, steps: number): { loss: number; living: number[] }[] {
  const params = parameters();
  const [firstMoments, secondMoments] = [0, 1].map(() =>
    params.map((param) => tf.tidy(() => tf.variable(tf.zerosLike(param)))),
  );
  const settings = {
    learningRate: 0.01,
    betas: [0.9, 0.99],
    epsilon: 1e-8,
    weightDecays: params.map(() => 0),
  } as const;
  const told = Array.from({ length: steps }, (_, step) => {
    const loss = tf.tidy(() => {
      const ids = tf.tensor2d(
        Int32Array.from({ length: 3 * T }, (_, i) => (i * 7 + step) % V),
        [3, T],
        'int32',
      );
      const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => lossOf(tensors, ids))(params);
      const scalars = { scale: tf.scalar(1), norm: globalNorm(grads) };
      adamwUpdate({ params, grads, firstMoments, secondMoments }, scalars, { ...settings, step: step + 1 });
      return value.dataSync()[0];
    });
    const { bytesInUse, heapBytes, peakBytes } = device.allocator;
    return { loss, living: [tf.memory().numTensors, tf.memory().numBytes, bytesInUse, heapBytes, peakBytes] };
  });
  tf.dispose([params, firstMoments, secondMoments]);
  return told;
}

describe.each(deviceNames)('over %s', (name) => {
  let device: HeapBackend;
  beforeAll(async () => {
    await registerTfjsGradients();
    device = openDevice(name);
    await tf.setBackend(name);
  });

  it.each(opChecks(reference))('$name agrees with PyTorch in double precision', async ({ run }) => {
    const before = tf.memory();
    const deviations = await run();
    expect(deviations.length).toBeGreaterThan(0);
    expect(deviations.filter(({ deviation }) => !(deviation < BOUND))).toEqual([]);
    expect(tf.memory()).toEqual({ ...before, heapBytes: expect.any(Number) as number });
  });

  it('training learns; the tensors and bytes that live are the same after every step, and none is left', () => {
    const before = [tf.memory().numTensors, device.allocator.bytesInUse, tf.engine().state.numDataBuffers];
    const told = trainSteps(device, 200);
    expect(told[199].loss).toBeLessThan(told[0].loss / 4);
    // In the second step the moments of the first are replaced for the first time.
    expect(told.slice(2).filter(({ living }) => living.some((count, i) => count !== told[1].living[i]))).toEqual([]);
    expect([tf.memory().numTensors, device.allocator.bytesInUse, tf.engine().state.numDataBuffers]).toEqual(before);
  });
});
