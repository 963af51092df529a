import { attentionBlock, mlpBlock, type SubBlockLayers } from '@sheep/ops';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenDevice } from '../open-device.js';
import { openWasmDevice } from '../../wasm/open-device.js';
import { deviation, waves } from '../kernels/kernels.fixture.js';

const NAME = 'sub-block';
const TIME = 2;

let opened: OpenDevice;
beforeAll(async () => {
  opened = await openWasmDevice({ name: NAME, threads: 2 });
});
afterAll(() => opened.close());

interface Half {
  readonly width: number;
  /** What the first layer makes, and what the last takes. */
  readonly widths: readonly [into: number, outOf: number];
  readonly run: (x: tf.Tensor3D, layers: SubBlockLayers) => tf.Tensor3D;
}

/** Output and all gradients on a backend, and how many tensors are left. */
async function compute(backend: string, { width, widths: [into, outOf], run }: Half) {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const results = tf.tidy(() => {
    const x: tf.Tensor3D = tf.tensor(waves(TIME * width), [1, TIME, width]);
    const gain = tf.tensor(waves(width, 0.5, 1), [width]);
    const input = tf.tensor(waves(width * into, width ** -0.5, 2), [width, into]);
    const output = tf.tensor(waves(outOf * width, outOf ** -0.5, 3), [outOf, width]);
    const { value, grads } = tf.valueAndGrads((...given: tf.Tensor[]) => {
      const [one, norm, first, last] = given as [tf.Tensor3D, tf.Tensor1D, tf.Tensor2D, tf.Tensor2D];
      return run(one, { norm: { gain: norm }, input: { weight: first }, output: { weight: last } });
    })([x, gain, input, output], x);
    return [value, ...grads].map((tensor) => tensor.dataSync().slice() as Float32Array);
  });
  return { results, left: tf.memory().numTensors - before };
}

// A head whose tiles, and layers whose rows, do not fit into a thread's scratch.
it.each<[string, Half]>([
  [
    'one enormous head',
    { width: 1030, widths: [3090, 1030], run: (x, layers) => attentionBlock(x, layers, { headCount: 1 }) },
  ],
  [
    'an enormous layer',
    { width: 2, widths: [262_143, 262_143], run: (x, layers) => mlpBlock(x, layers, { activation: 'silu' }) },
  ],
])('with %s a half runs composed on the device', { timeout: 60_000 }, async (_, half) => {
  const expected = await compute('cpu', half);
  const found = await compute(NAME, half);
  expect(found.results).toHaveLength(5);
  found.results.forEach((values, i) => expect(deviation(values, expected.results[i])).toBeLessThan(1e-4));
  expect({ expected: expected.left, found: found.left }).toEqual({ expected: 0, found: 0 });
});
