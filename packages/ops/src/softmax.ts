import { mul, softmax as tfSoftmax, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { defineOp } from './op.js';

/** The op behind {@link softmax}. Its note is its own output. */
export const softmaxOp = defineOp<{ x: Tensor }, Record<string, never>>({
  name: 'Softmax',
  outputs: 1,
  saves: [],
  differentiable: ['x'],
  composed: {
    forward({ x }) {
      const y = tfSoftmax(x);
      return [y, y.clone()];
    },
    gradient([dy], _saved, [y]) {
      return [mul(sub(dy, sum(mul(dy, y), -1, true)), y)];
    },
  },
});

/** exp(x) / sum(exp(x)) over the last dimension, safe for large values. */
export function softmax<T extends Tensor>(x: T): T {
  return softmaxOp.run({ x }, {})[0] as T;
}
