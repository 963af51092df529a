import { fillWords, type RandomKey } from '@sheep/core';
import { mul, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { defineOp } from './op.js';

/** Which values are dropped is a function of the key and the value's index alone: the backward pass makes it again. */
export interface Dropout {
  /** The share that is dropped, from 0 (none) to below 1. */
  readonly rate: number;
  readonly key: RandomKey;
}

/** The composed form's mask on the host: 0 where dropped, 1 / (1 - rate) where kept. */
export function dropoutMask(shape: readonly number[], { rate, key }: Dropout): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const words = fillWords(key, new Uint32Array(size));
  const threshold = rate * 2 ** 32;
  const kept = 1 / (1 - rate);
  // A loop: `Float32Array.from` with a function takes thirty times as long.
  const mask = new Float32Array(size);
  for (let i = 0; i < size; i += 1) mask[i] = words[i] < threshold ? 0 : kept;
  return tensor(mask, [...shape]);
}

/** The composed form: x where kept, scaled so that the mean stays; x itself where the rate is 0 or none is given. */
export function drop<T extends Tensor>(x: T, dropout: Dropout | undefined): T {
  return dropout && dropout.rate > 0 ? mul(x, dropoutMask(x.shape, dropout)) : x;
}

/** The op behind {@link dropout}. */
export const dropoutOp = defineOp<{ x: Tensor }, Dropout>({
  name: 'Dropout',
  outputs: 1,
  saves: [],
  differentiable: ['x'],
  composed: {
    forward: ({ x }, attributes) => [drop(x, attributes)],
    gradient: ([dy], _saved, _notes, attributes) => [drop(dy, attributes)],
  },
});

/**
 * Sets a random share of the values to zero and scales the others up.
 *
 * @see Srivastava et al., "Dropout", JMLR 2014.
 */
export function dropout<T extends Tensor>(x: T, options: Dropout | undefined): T {
  return options && options.rate > 0 ? (dropoutOp.run({ x }, options)[0] as T) : x;
}
