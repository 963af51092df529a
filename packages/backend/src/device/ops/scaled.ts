import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { BLOCK_VALUES } from '../kernels/blocks.js';

/** A tensor times a scalar that lies on the device. */
export function scaled(device: Device, x: TensorInfo, by: TensorInfo): TensorInfo {
  const count = util.sizeFromShape(x.shape);
  const places = [device.place(x), device.place(by)];
  const y = device.output(x.shape);
  device.run('scale', [...places, device.place(y), count], [], Math.ceil(count / BLOCK_VALUES));
  return y;
}
