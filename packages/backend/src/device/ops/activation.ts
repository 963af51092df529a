import type { activationOp } from '@sheep/ops';
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { BLOCK_VALUES } from '../kernels/blocks.js';
import type { KernelName } from '../kernel-names.js';

const kernels = { 'gelu-tanh': 'gelu_tanh', 'gelu-erf': 'gelu_erf', silu: 'silu' } as const;

function pointwise(device: Device, kernel: KernelName, inputs: readonly TensorInfo[]): TensorInfo {
  const [{ shape }] = inputs;
  const count = util.sizeFromShape(shape);
  const places = inputs.map((tensor) => device.place(tensor));
  const y = device.output(shape);
  device.run(kernel, [...places, device.place(y), count], [], Math.ceil(count / BLOCK_VALUES));
  return y;
}

/** Kernels of `gelu` and `silu`. */
export function activationForms(device: Device): (typeof activationOp)['composed'] {
  return {
    forward: ({ x }, { activation }) => [pointwise(device, `pointwise_${kernels[activation]}`, [x])],
    gradient: ([dy], { x }, _notes, { activation }) => [
      pointwise(device, `pointwise_${kernels[activation]}_gradient`, [dy, x]),
    ],
  };
}
