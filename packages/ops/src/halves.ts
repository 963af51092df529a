import { toFloat32, toHalves, type HalfDtype, type HalfTensor } from '@sheep/core';
import { reshape, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { defineListOp } from './kernel.js';

// TensorFlow.js has no type of 16 bits: words travel as int32, two in each, the first in the lower half.

/** Words as pairs: a view where they can be one; a last word that has no other gets a 0. */
function pairsOf(words: Uint16Array): Tensor {
  const count = Math.ceil(words.length / 2);
  const whole = words.length % 2 === 0 && words.byteOffset % 4 === 0;
  const pairs = whole ? new Int32Array(words.buffer, words.byteOffset, count) : new Int32Array(count);
  if (!whole) new Uint16Array(pairs.buffer).set(words);
  return tensor(pairs, [count], 'int32');
}

const wordsOf = ({ buffer, byteOffset }: Int32Array, count: number): Uint16Array =>
  new Uint16Array(buffer, byteOffset, count);

/** The op behind {@link decodeHalves}: `count` float32 values of words in pairs. */
export const decodeHalvesOp = defineListOp<{ pairs: Tensor }, { dtype: HalfDtype; count: number }>(
  'DecodeHalves',
  ({ pairs }, { dtype, count }) => {
    const data = wordsOf(pairs.dataSync<'int32'>(), count);
    return [tensor(toFloat32({ dtype, shape: [count], data }))];
  },
);

/** The op behind {@link encodeHalves}: the words of float32 values, in pairs. */
export const encodeHalvesOp = defineListOp<{ x: Tensor }, { dtype: HalfDtype }>('EncodeHalves', ({ x }, { dtype }) => [
  pairsOf(toHalves(x.dataSync<'float32'>(), dtype)),
]);

/**
 * A tensor of a file as float32 on the device, exactly: what `toFloat32` of `@sheep/core` gives. The words alone are handed
 * to a device that has a kernel for it. The caller disposes the result.
 */
export function decodeHalves({ dtype, shape, data }: HalfTensor): Tensor {
  return tidy(() => {
    const [values] = decodeHalvesOp.run({ pairs: pairsOf(data) }, { dtype, count: data.length });
    return reshape(values, [...shape]);
  });
}

/**
 * A float32 tensor for a file, rounded to the nearest: what `toHalves` of `@sheep/core` gives. Reads the device; the tensor
 * stays the caller's.
 */
export async function encodeHalves(x: Tensor, dtype: HalfDtype): Promise<HalfTensor> {
  const [pairs] = encodeHalvesOp.run({ x }, { dtype });
  const data = wordsOf(await pairs.data<'int32'>(), x.size);
  pairs.dispose();
  return { dtype, shape: x.shape, data };
}
