import type { Dropout, dropoutOp } from '@sheep/ops';
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { BLOCK_VALUES } from '../kernels/blocks.js';

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

function run(device: Device, x: TensorInfo, residual: TensorInfo | undefined, y: TensorInfo, dropout: Dropout): void {
  const { ints, kept } = dropoutRule(dropout);
  const count = util.sizeFromShape(x.shape);
  const places = [x, residual, y].map((tensor) => device.place(tensor));
  device.run('dropout', [...places, count, ...ints], [kept], Math.ceil(count / BLOCK_VALUES));
}

/** dropout(x), at a rate above 0. */
export function drop(device: Device, x: TensorInfo, dropout: Dropout): TensorInfo {
  const y = device.output(x.shape);
  run(device, x, undefined, y, dropout);
  return y;
}

/** y = residual + dropout(y), at a rate above 0. */
export function dropInPlace(device: Device, y: TensorInfo, dropout: Dropout, residual: TensorInfo): void {
  run(device, y, residual, y, dropout);
}

/** Kernels of `dropout`: the gradient is the gradient of the output with the same dropout. */
export function dropoutForms(device: Device): (typeof dropoutOp)['composed'] {
  const of = (x: TensorInfo, dropout: Dropout) => [drops(dropout) ? drop(device, x, dropout) : device.share(x)];
  return {
    forward: ({ x }, dropout) => of(x, dropout),
    gradient: ([dy], _saved, _notes, dropout) => of(dy, dropout),
  };
}
