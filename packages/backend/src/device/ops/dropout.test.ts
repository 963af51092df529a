import { randomWord } from '@sheep/core';
import { dropoutOp, type Dropout } from '@sheep/ops';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerTfjsGradients } from '../../tfjs-gradients.js';
import type { OpenDevice } from '../open-device.js';
import { buildsWithThreads, openBuild } from '../../builds.fixture.js';
import { waves } from '../kernels/kernels.fixture.js';

const key = { seed: 0x1234_5678_9abc, stream: 0xfedc_ba98, step: 0x8000_0001 };

/** Output and gradient on the backend in use. */
function compute(values: Float32Array, options: Dropout) {
  return tf.tidy(() => {
    const x = tf.tensor1d(values);
    const dy = tf.tensor1d(waves(values.length, 1, 3));
    const [y] = dropoutOp.run({ x }, options);
    const dx = tf.grad((one) => dropoutOp.run({ x: one }, options)[0])(x, dy);
    return [y, dx].map((one) => one.dataSync().slice());
  });
}

describe.each(buildsWithThreads)('dropout: the build %s with %i threads', (build, threads) => {
  const name = `dropout-${build}-${threads}`;
  let opened: OpenDevice;
  beforeAll(async () => {
    await registerTfjsGradients();
    opened = await openBuild(name, build, threads);
  });
  afterAll(() => opened.close());

  /** What the composed form gives, and the device. */
  const both = async (values: Float32Array, options: Dropout) => {
    await tf.setBackend('cpu');
    const expected = compute(values, options);
    await tf.setBackend(name);
    return { found: compute(values, options), expected };
  };

  it.each([0, 1, 3, 4, 31, 32, 33, 16_383, 16_384, 16_385, 50_001])(
    'has the bits of the composed form for %i values',
    async (count) => {
      const { found, expected } = await both(waves(count), { rate: 0.3, key });
      expect(found).toEqual(expected);
    },
  );

  it.each([2 ** -32, 0.1, 0.5, 0.999, 1 - 2 ** -40])('has its bits at a rate of %d', async (rate) => {
    const { found, expected } = await both(waves(1000), { rate, key });
    expect(found).toEqual(expected);
  });

  it('keeps everything at a rate of 0', async () => {
    await tf.setBackend(name);
    expect(compute(waves(10), { rate: 0, key })).toEqual([waves(10), waves(10, 1, 3)]);
  });

  it.each([0, 1])('drops up to the last word below the rate: %i more than a word', async (more) => {
    const rate = (randomWord(key, 777) + more) / 2 ** 32;
    const { found, expected } = await both(waves(1000), { rate, key });
    expect(found).toEqual(expected);
    expect(found[0][777] === 0).toBe(more === 1);
  });

  it('multiplies what is not finite, as its composed form does', async () => {
    const special = [NaN, Infinity, -Infinity, -0, 3e38, 1e-45];
    const values = Float32Array.from({ length: 240 }, (_, i) => special[i % special.length]);
    const { found, expected } = await both(values, { rate: 0.5, key });
    expect(found).toEqual(expected);
  });
});
