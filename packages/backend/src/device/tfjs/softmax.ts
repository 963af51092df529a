import type { SoftmaxAttrs } from '@tensorflow/tfjs-core';
import { softmax } from '../ops/softmax.js';
import type { Forms } from './form.js';

/** Softmax of float32 over the last axis; tfjs makes its logarithm of other kernels. */
export const softmaxForms: Forms = {
  Softmax(device, { inputs: { logits }, attrs }) {
    const { dim } = attrs as unknown as SoftmaxAttrs;
    const rank = logits.shape.length;
    if (logits.dtype !== 'float32' || rank === 0 || (dim !== -1 && dim !== rank - 1)) return undefined;
    return softmax(device, logits);
  },
};
