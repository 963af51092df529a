import type { softmaxOp } from '@sheep/ops';
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { BLOCK_VALUES } from '../kernels/blocks.js';

function overRows(device: Device, kernel: 'softmax' | 'softmax_gradient', inputs: readonly TensorInfo[]): TensorInfo {
  const [{ shape }] = inputs;
  const width = shape.at(-1) ?? 1;
  const rows = width === 0 ? 0 : util.sizeFromShape(shape) / width;
  const places = inputs.map((tensor) => device.place(tensor));
  const y = device.output(shape);
  const blockRows = Math.max(1, Math.floor(BLOCK_VALUES / Math.max(1, width)));
  device.run(kernel, [...places, device.place(y), rows, width, blockRows], [], Math.ceil(rows / blockRows));
  return y;
}

/** exp(x) / sum(exp(x)) over the last dimension of a float32. */
export const softmax = (device: Device, x: TensorInfo): TensorInfo => overRows(device, 'softmax', [x]);

/** Kernels of `softmax`. Its note is its own output. */
export function softmaxForms(device: Device): (typeof softmaxOp)['composed'] {
  return {
    forward({ x }) {
      const y = softmax(device, x);
      return [y, device.share(y)];
    },
    gradient: ([dy], _saved, [y]) => [overRows(device, 'softmax_gradient', [dy, y])],
  };
}
