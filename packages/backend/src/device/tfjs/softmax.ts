import { util, type SoftmaxAttrs } from '@tensorflow/tfjs-core';
import { BLOCK_VALUES, type Form, type Forms } from './form.js';

/** Softmax of float32 over the last axis. */
const softmax: Form = (device, { inputs, attrs }) => {
  const { logits } = inputs;
  const { dim } = attrs as unknown as SoftmaxAttrs;
  const rank = logits.shape.length;
  if (logits.dtype !== 'float32' || rank === 0 || (dim !== -1 && dim !== rank - 1)) return undefined;
  const width = logits.shape[rank - 1];
  const from = device.place(logits);
  const y = device.output(logits.shape);
  const rows = util.sizeFromShape(logits.shape) / Math.max(1, width);
  const blockRows = Math.max(1, Math.floor(BLOCK_VALUES / width));
  if (rows * width > 0) {
    device.run('softmax', [from, device.place(y), rows, width, blockRows], [], Math.ceil(rows / blockRows));
  }
  return y;
};

/** Softmax; tfjs makes its logarithm of other kernels. */
export const softmaxForms: Forms = { Softmax: softmax };
