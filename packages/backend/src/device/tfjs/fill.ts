import { util, type DataType, type FillAttrs, type OneHotAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { isHeapType, type HeapType } from '../tensors/values.js';
import { blocksOf, type Form, type Forms } from './form.js';

/** A tensor that holds one value everywhere. */
export function filled(device: Device, shape: number[], value: number, dtype: HeapType): TensorInfo {
  const y = device.backend.allocateOutput(shape, dtype);
  const count = util.sizeFromShape(shape);
  // The kernel makes +0 of -0.
  if (dtype === 'float32' && !Object.is(value, -0))
    device.run('fill', [device.place(y), count], [value], blocksOf(count));
  else device.backend.view(y).fill(value);
  return y;
}

const fill: Form = (device, { attrs }) => {
  const {
    shape,
    value,
    dtype = util.inferDtype(value),
  } = attrs as unknown as Omit<FillAttrs, 'dtype'> & {
    dtype?: DataType;
  };
  return typeof value === 'number' && isHeapType(dtype) ? filled(device, shape, value, dtype) : undefined;
};

const like =
  (value: number): Form =>
  (device, { inputs }) => {
    const { x } = inputs;
    return isHeapType(x.dtype) ? filled(device, x.shape, value, x.dtype) : undefined;
  };

/** Rows of float32 or int32 by int32 indices: one value differs, or none where the index is outside. */
const oneHot: Form = (device, { inputs, attrs }) => {
  const { indices } = inputs;
  const { depth, onValue, offValue, dtype } = attrs as unknown as OneHotAttrs;
  if (indices.dtype !== 'int32' || (dtype !== 'float32' && dtype !== 'int32')) return undefined;
  const y = filled(device, [...indices.shape, depth], offValue, dtype);
  const [from, to] = [device.backend.view(indices), device.backend.view(y)];
  for (let row = 0; row < from.length; row += 1) {
    if (from[row] >= 0 && from[row] < depth) to[row * depth + from[row]] = onValue;
  }
  return y;
};

/** Kernels that make tensors of one value, or of two. */
export const fillForms: Forms = { Fill: fill, ZerosLike: like(0), OnesLike: like(1), OneHot: oneHot };
