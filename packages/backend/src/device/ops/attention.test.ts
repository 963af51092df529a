import { attention } from '@sheep/ops';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerTfjsGradients } from '../../tfjs-gradients.js';
import { nativeBuilds, openBuild, type Build } from '../../builds.fixture.js';
import type { OpenDevice } from '../open-device.js';
import { deviation, waves } from '../kernels/kernels.fixture.js';

const BOUND = 1e-5;
const BATCH = 2;
const key = { seed: 0x1234_5678_9abc, stream: 0xfedc_ba98, step: 3 };

interface Case {
  readonly time: number;
  readonly headSize: number;
  readonly headCount: number;
  /** The largest query and key. */
  readonly most?: number;
  /** Of dropout. */
  readonly rate?: number;
}

/** Output and gradient on a backend. */
async function compute(backend: string, { time, headSize, headCount, most = 1, rate }: Case) {
  await tf.setBackend(backend);
  const width = headSize * headCount;
  const values = waves(BATCH * time * 3 * width).map((value, i) =>
    i % (3 * width) < 2 * width ? most * value : value,
  );
  const options = { headCount, dropout: rate === undefined ? undefined : { rate, key } };
  const results = tf.tidy(() => {
    const qkv = tf.tensor3d(values, [BATCH, time, 3 * width]);
    const dy = tf.tensor3d(waves(BATCH * time * width, 1, 3), [BATCH, time, width]);
    const y = attention(qkv, options);
    const dqkv = tf.grad((x) => attention(x as tf.Tensor3D, options))(qkv, dy);
    return { y: y.dataSync().slice(), dqkv: dqkv.dataSync().slice() };
  });
  return { y: results.y as Float32Array, dqkv: results.dqkv as Float32Array };
}

const devices: [Build, number][] = [
  ['relaxed-threads', 1],
  ['relaxed-threads', 2],
  ['relaxed-threads', 3],
  ['simd', 1],
  ...nativeBuilds.map((build): [Build, number] => [build, 2]),
];
const nameOf = (build: Build, threads: number) => `attention-${build}-${threads}`;

const cases: Case[] = [1, 5, 64, 130].flatMap((time) =>
  [1, 8, 33, 64].map((headSize) => ({ time, headSize, headCount: headSize > 32 ? 2 : 3 })),
);

// Times that put rows of weights at every place in a counter of four words, on and off the tiles.
const dropped: Case[] = [
  ...[1, 2, 5, 30, 31, 32, 33, 64, 99, 130].map((time) => ({ time, headSize: 9, headCount: 3, rate: 0.3 })),
  { time: 64, headSize: 32, headCount: 2, rate: 0 },
  { time: 64, headSize: 32, headCount: 2, rate: 0.9 },
  { time: 66, headSize: 33, headCount: 2, rate: 0.2, most: 5 },
];

const open = ([build, threads]: [Build, number]) => openBuild(nameOf(build, threads), build, threads);

describe('attention', () => {
  let opened: OpenDevice[];
  beforeAll(async () => {
    await registerTfjsGradients();
    opened = await Promise.all(devices.map(open));
  });
  afterAll(() => Promise.all(opened.map((one) => one.close())));

  it.each([
    ...cases,
    // Scores of 50 and more: one key takes nearly all of a query, and which one changes from tile to tile.
    { time: 64, headSize: 32, headCount: 1, most: 5 },
    { time: 130, headSize: 33, headCount: 2, most: 5 },
    ...dropped,
    { time: 3, headSize: 1024, headCount: 1 },
    { time: 2, headSize: 1030, headCount: 1 },
    { time: 3, headSize: 1024, headCount: 1, rate: 0.3 },
    { time: 7, headSize: 1030, headCount: 1, rate: 0.3 },
  ])('agrees with its composed form, and with itself on any threads: %o', async (one) => {
    const expected = await compute('cpu', one);
    const found = [];
    for (const [build, threads] of devices) found.push(await compute(nameOf(build, threads), one));
    for (const { y, dqkv } of found) {
      expect(deviation(y, expected.y)).toBeLessThan(BOUND);
      expect(deviation(dqkv, expected.dqkv)).toBeLessThan(one.most ? 10 * BOUND : BOUND);
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  });

  it('lets no query see what comes later', async () => {
    const [time, width] = [70, 16];
    const values = waves(time * 3 * width);
    const later = values.map((value, i) => (i < 40 * 3 * width ? value : 7 - value));
    await tf.setBackend(nameOf('relaxed-threads', 2));
    const outputs = [values, later].map((one) =>
      tf.tidy(() =>
        attention(tf.tensor3d(one, [1, time, 3 * width]), { headCount: 2 })
          .dataSync()
          .slice(),
      ),
    );
    expect(outputs[1].subarray(0, 40 * width)).toEqual(outputs[0].subarray(0, 40 * width));
    expect(outputs[1].subarray(40 * width)).not.toEqual(outputs[0].subarray(40 * width));
  });
});
