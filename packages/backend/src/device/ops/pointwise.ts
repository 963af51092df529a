import type { Activation } from '@sheep/ops';
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';

/** Values that a block of a pointwise kernel takes. */
const BLOCK_VALUES = 16_384;

const kernels = { 'gelu-tanh': 'gelu_tanh', 'gelu-erf': 'gelu_erf', silu: 'silu' } as const;

/** The activation of a tensor. */
export function activate(device: Device, x: TensorInfo, activation: Exclude<Activation, 'none'>): TensorInfo {
  const count = util.sizeFromShape(x.shape);
  const place = device.place(x);
  const y = device.output(x.shape);
  const blocks = Math.ceil(count / BLOCK_VALUES);
  device.run(`pointwise_${kernels[activation]}`, [place, device.place(y), count], [], blocks);
  return y;
}

/** dy times the slope of the activation at x, its input. */
export function activateGradient(
  device: Device,
  dy: TensorInfo,
  x: TensorInfo,
  activation: Exclude<Activation, 'none'>,
): TensorInfo {
  const count = util.sizeFromShape(x.shape);
  const places = [device.place(dy), device.place(x)];
  const dx = device.output(x.shape);
  const blocks = Math.ceil(count / BLOCK_VALUES);
  device.run(`pointwise_${kernels[activation]}_gradient`, [...places, device.place(dx), count], [], blocks);
  return dx;
}

/** A tensor times a scalar that lies on the device. */
export function scaled(device: Device, x: TensorInfo, by: TensorInfo): TensorInfo {
  const count = util.sizeFromShape(x.shape);
  const places = [device.place(x), device.place(by)];
  const y = device.output(x.shape);
  device.run('scale', [...places, device.place(y), count], [], Math.ceil(count / BLOCK_VALUES));
  return y;
}
