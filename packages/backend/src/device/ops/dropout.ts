import type { Dropout, dropoutOp } from '@sheep/ops';
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';

/** Values that a block of the kernel takes. */
const BLOCK_VALUES = 16_384;
const WORD = 2 ** 32;

/** Whether anything is dropped. */
export const drops = (dropout: Dropout | undefined): dropout is Dropout => dropout !== undefined && dropout.rate > 0;

/** Dropout as kernels are told of it (`dropout_rule` in kernels/dropout.h): `kept` is 0 where nothing is dropped. */
export function dropoutRule(dropout: Dropout | undefined): { ints: number[]; kept: number } {
  if (!drops(dropout)) return { ints: [0, 0, 0, 0, 0], kept: 0 };
  const { rate, key } = dropout;
  const seed = [key.seed % WORD, Math.floor(key.seed / WORD)];
  return { ints: [...seed, key.step, key.stream, Math.ceil(rate * WORD) - 1], kept: 1 / (1 - rate) };
}

/** dropout(x) at a rate above 0, in a tensor of its own, or added to a residual in its place, which is returned. */
export function drop(device: Device, x: TensorInfo, dropout: Dropout, residual?: TensorInfo): TensorInfo {
  const { ints, kept } = dropoutRule(dropout);
  const count = util.sizeFromShape(x.shape);
  const places = [device.place(x), device.place(residual)];
  const y = residual ?? device.output(x.shape);
  device.run('dropout', [...places, device.place(y), count, ...ints], [kept], Math.ceil(count / BLOCK_VALUES));
  return y;
}

/** Kernels of `dropout`: the gradient is the gradient of the output with the same dropout. */
export function dropoutForms(device: Device): (typeof dropoutOp)['composed'] {
  const of = (x: TensorInfo, dropout: Dropout) => [drops(dropout) ? drop(device, x, dropout) : device.share(x)];
  return {
    forward: ({ x }, dropout) => of(x, dropout),
    gradient: ([dy], _saved, _notes, dropout) => of(dy, dropout),
  };
}
