import { fillNormal } from '@sheep/core';
import { headLoss } from '@sheep/ops';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { useBackend } from '../../use-backend.js';
import { openWasmDevice } from '../../wasm/open-device.js';

let opened: Awaited<ReturnType<typeof openWasmDevice>>;
beforeAll(async () => {
  await useBackend('js');
  opened = await openWasmDevice({ name: 'head-loss', threads: 2 });
});
afterAll(() => opened.close());

const [rows, width, vocabSize] = [300, 5, 20_000]; // two chunks, and ten parts of the vocabulary, the last of each not whole

function normal(stream: number, shape: [number, number]): tf.Tensor2D {
  return tf.tensor2d(fillNormal({ seed: 3, stream, step: 0 }, new Float32Array(shape[0] * shape[1])), shape);
}

/** Loss, hits and gradients on a backend; every seventh row does not count. */
async function lossOn(backend: string): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const [hidden, weight] = [normal(0, [rows, width]), normal(1, [vocabSize, width])];
  const targets = tf.tensor1d(
    Int32Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? -100 : (i * 7919) % vocabSize)),
    'int32',
  );
  const correct = headLoss(hidden, weight, targets).correct;
  const { value, grads } = tf.valueAndGrads(
    (x: tf.Tensor, w: tf.Tensor) => headLoss(x as tf.Tensor2D, w as tf.Tensor2D, targets, { labelSmoothing: 0.1 }).loss,
  )([hidden, weight]);
  return [value, correct, ...grads].map((tensor) => tensor.dataSync() as Float32Array);
}

it('adds up the chunks of a large vocabulary to what the composed form gives', { timeout: 60_000 }, async () => {
  const [expected, actual] = [await lossOn('cpu'), await lossOn('head-loss')];
  for (const [i, values] of expected.entries()) {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const deviation = values.reduce((most, value, j) => Math.max(most, Math.abs(value - actual[i][j])), 0);
    expect(deviation / largest).toBeLessThan(2e-5);
  }
});
