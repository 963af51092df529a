import {
  slice_util,
  util,
  type PadV2Attrs,
  type ReverseAttrs,
  type SliceAttrs,
  type TensorInfo,
  type TileAttrs,
  type TransposeAttrs,
} from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { isHeapType } from '../tensors/values.js';
import { copyValues, joined, stridesOf, type Dimension, type Starts } from './copy.js';
import { filled } from './fill.js';
import type { Form, Forms } from './form.js';

/** A tensor of values of another, walked so; undefined where that cannot be done in one go. */
function copied(
  device: Device,
  x: TensorInfo,
  shape: number[],
  dimensions: readonly Dimension[],
  starts?: Starts,
): TensorInfo | undefined {
  const walk = joined(dimensions);
  if (!walk || !isHeapType(x.dtype)) return undefined;
  const y = device.backend.allocateOutput(shape, x.dtype);
  copyValues(device, [x, y], walk, starts);
  return y;
}

const transpose: Form = (device, { inputs, attrs }) => {
  const { x } = inputs;
  const { perm } = attrs as unknown as TransposeAttrs;
  const shape = perm.map((axis) => x.shape[axis]);
  const [xStrides, yStrides] = [stridesOf(x.shape), stridesOf(shape)];
  const dimensions = perm.map((from, axis) => ({
    size: shape[axis],
    xStride: xStrides[from],
    yStride: yStrides[axis],
  }));
  return copied(device, x, shape, dimensions);
};

/** Part of a tensor, which the arguments are known to lie in. */
export function sliced(
  device: Device,
  x: TensorInfo,
  begin: readonly number[],
  shape: number[],
): TensorInfo | undefined {
  const [xStrides, yStrides] = [stridesOf(x.shape), stridesOf(shape)];
  const dimensions = shape.map((size, axis) => ({ size, xStride: xStrides[axis], yStride: yStrides[axis] }));
  return copied(device, x, shape, dimensions, { x: begin.reduce((sum, from, axis) => sum + from * xStrides[axis], 0) });
}

const slice: Form = (device, { inputs, attrs }) => {
  const { x } = inputs;
  const given = attrs as unknown as SliceAttrs;
  const [begin, size] = slice_util.parseSliceParams(x as never, given.begin, given.size);
  slice_util.assertParamsValid(x as never, begin, size);
  return sliced(device, x, begin, size);
};

const pad: Form = (device, { inputs, attrs }) => {
  const { x } = inputs;
  const { paddings, constantValue } = attrs as unknown as PadV2Attrs;
  const shape = x.shape.map((size, axis) => paddings[axis][0] + size + paddings[axis][1]);
  const [xStrides, yStrides] = [stridesOf(x.shape), stridesOf(shape)];
  const walk = joined(x.shape.map((size, axis) => ({ size, xStride: xStrides[axis], yStride: yStrides[axis] })));
  if (!walk || !isHeapType(x.dtype)) return undefined;
  const y = filled(device, shape, constantValue, x.dtype);
  copyValues(device, [x, y], walk, { y: paddings.reduce((sum, [before], axis) => sum + before * yStrides[axis], 0) });
  return y;
};

const tile: Form = (device, { inputs, attrs }) => {
  const { x } = inputs;
  const { reps } = attrs as unknown as TileAttrs;
  const shape = x.shape.map((size, axis) => size * reps[axis]);
  const [xStrides, yStrides] = [stridesOf(x.shape), stridesOf(shape)];
  const dimensions = x.shape.flatMap((size, axis) => [
    { size: reps[axis], xStride: 0, yStride: size * yStrides[axis] },
    { size, xStride: xStrides[axis], yStride: yStrides[axis] },
  ]);
  return copied(device, x, shape, dimensions);
};

const reverse: Form = (device, { inputs, attrs }) => {
  const { x } = inputs;
  if (x.shape.length === 0) return undefined;
  const axes = util.parseAxisParam((attrs as unknown as ReverseAttrs).dims, x.shape);
  const strides = stridesOf(x.shape);
  const dimensions = x.shape.map((size, axis) => ({
    size,
    xStride: axes.includes(axis) ? -strides[axis] : strides[axis],
    yStride: strides[axis],
  }));
  const last = axes.reduce((sum, axis) => sum + (x.shape[axis] - 1) * strides[axis], 0);
  return copied(device, x, x.shape, dimensions, { x: last });
};

/** Kernels that move the values of one tensor of float32, int32 or bool. */
export const movementForms: Forms = { PadV2: pad, Reverse: reverse, Slice: slice, Tile: tile, Transpose: transpose };
