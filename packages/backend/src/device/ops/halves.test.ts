import { readFileSync } from 'node:fs';
import { readSafetensors, toFloat32, toHalves, type HalfDtype } from '@sheep/core';
import { decodeHalves, encodeHalves, encodeHalvesOp } from '@sheep/ops';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenDevice } from '../open-device.js';
import { buildsWithThreads, openBuild } from '../../builds.fixture.js';
import { benches, openBench } from '../kernels/kernels.fixture.js';

const fixture = readFileSync(new URL('../../../../../fixtures/halves/rounded.safetensors', import.meta.url));
const { tensors } = readSafetensors(fixture);
const values = toFloat32(tensors.get('values')!);

const everyWord = Uint16Array.from({ length: 65_536 }, (_, word) => word);
const bitsOf = ({ buffer, byteOffset, length }: Float32Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length);

/** The first places where words differ, with both. */
function differences(found: ArrayLike<number>, expected: ArrayLike<number>): number[][] {
  const list = found.length === expected.length ? [] : [[-1, found.length, expected.length]];
  for (let i = 0; i < expected.length && list.length < 5; i += 1) {
    if (found[i] !== expected[i]) list.push([i, found[i], expected[i]]);
  }
  return list;
}

const dtypes = ['F16', 'BF16'] as const;

/** The bits of the words as float32. */
function decoded(data: Uint16Array, dtype: HalfDtype): Uint32Array {
  const x = decodeHalves({ dtype, shape: [data.length], data });
  const bits = bitsOf(x.dataSync<'float32'>());
  x.dispose();
  return bits;
}

/** The words of values. */
async function encoded(x: Float32Array, dtype: HalfDtype): Promise<Uint16Array> {
  const one = tf.tensor1d(x);
  const { data } = await encodeHalves(one, dtype);
  one.dispose();
  return data;
}

describe.each(buildsWithThreads)('values of 16 bits: the build %s with %i threads', (build, threads) => {
  const name = `halves-${build}-${threads}`;
  let opened: OpenDevice;
  beforeAll(async () => {
    opened = await openBuild(name, build, threads);
    await tf.setBackend(name);
  });
  afterAll(() => opened.close());

  it.each(dtypes)('decodes each of the 65,536 words of %s to the bits of toFloat32', (dtype) => {
    const expected = bitsOf(toFloat32({ dtype, shape: [65_536], data: everyWord }));
    expect(differences(decoded(everyWord, dtype), expected)).toEqual([]);
  });

  it.each(dtypes)('gives each word of %s back, a NaN made quiet', async (dtype) => {
    const x = decodeHalves({ dtype, shape: [256, 256], data: everyWord });
    const [infinite, quiet] = dtype === 'F16' ? [0x7c00, 0x200] : [0x7f80, 0x40];
    const expected = everyWord.map((word) => ((word & 0x7fff) > infinite ? word | quiet : word));
    const { data, ...rest } = await encodeHalves(x, dtype);
    expect(rest).toEqual({ dtype, shape: [256, 256] });
    expect(differences(data, expected)).toEqual([]);
    x.dispose();
  });

  it.each(dtypes)('rounds to %s as PyTorch does: ties, subnormals, overflow; NaN stays NaN', async (dtype) => {
    const found = await encoded(values, dtype);
    const expected = tensors.get(dtype)!.data as Uint16Array;
    const numbers = [...values.keys()].filter((i) => !Number.isNaN(values[i]));
    expect(numbers.length).toBe(values.length - 12);
    const of = (words: Uint16Array): number[] => numbers.map((i) => words[i]);
    expect(differences(of(found), of(expected))).toEqual([]);
    expect(differences(found, toHalves(values, dtype))).toEqual([]);
  });

  it.each(dtypes)('rounds bits of any kind to %s as toHalves does', async (dtype) => {
    // Every 40,503rd pattern of 32 bits: all exponents, mantissas of all kinds.
    const bits = Uint32Array.from({ length: 106_040 }, (_, i) => i * 40_503);
    const x = new Float32Array(bits.buffer);
    expect(differences(await encoded(x, dtype), toHalves(x, dtype))).toEqual([]);
  });

  it.each([0, 1, 2, 3, 5, 16, 31, 16_383, 16_384, 16_385, 50_001])('converts %i values', async (count) => {
    const x = Float32Array.from({ length: count }, (_, i) => values[i % values.length]);
    for (const dtype of dtypes) {
      const data = everyWord.subarray(3, 3 + count);
      const expected = bitsOf(toFloat32({ dtype, shape: [count], data }));
      expect(differences(decoded(data, dtype), expected)).toEqual([]);
      expect(differences(await encoded(x, dtype), toHalves(x, dtype))).toEqual([]);
    }
  });

  it('fills the place behind an odd number of words with 0', () => {
    const pairs = tf.tidy(() => encodeHalvesOp.run({ x: tf.ones([5]) }, { dtype: 'F16' })[0].dataSync());
    expect([...pairs]).toEqual([0x3c00_3c00, 0x3c00_3c00, 0x3c00]);
  });
});

it.each(benches)('kernels write no value more than asked: the build $build with $threads threads', async (options) => {
  const bench = await openBench(options);
  for (const count of [1, 6, 7, 16_385]) {
    const pairs = Math.ceil(count / 2);
    const [words, floats] = [bench.putInts(new Int32Array(pairs).fill(0x4000_4000)), bench.room(count)];
    bench.run('decode_f16', [words, floats, count], [], Math.ceil(count / 16_384));
    expect(differences(bench.read(floats, count), new Float32Array(count).fill(2))).toEqual([]);
    const back = bench.room(pairs);
    bench.run('encode_f16', [floats, back, count], [], Math.ceil(count / 16_384));
    const given = new Uint16Array(bench.read(back, pairs).buffer);
    expect(differences(given.subarray(0, count), new Uint16Array(count).fill(0x4000))).toEqual([]);
  }
  await bench.close();
});
