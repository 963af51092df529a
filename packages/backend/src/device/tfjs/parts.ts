import {
  backend_util,
  util,
  type ConcatAttrs,
  type SplitVAttrs,
  type TensorInfo,
  type UnpackAttrs,
} from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { isHeapType } from '../tensors/values.js';
import { copyValues, joined } from './copy.js';
import type { Form, Forms } from './form.js';
import { sliced } from './movement.js';

/** Tensors of one type side by side: each is (outer, its own inner), the result (outer, all inner). */
function sideBySide(device: Device, tensors: readonly TensorInfo[], shape: number[], outer: number): TensorInfo {
  const y = device.backend.allocateOutput(shape, tensors[0].dtype as 'float32' | 'int32' | 'bool');
  const whole = util.sizeFromShape(shape) / outer;
  let start = 0;
  for (const x of tensors) {
    const inner = util.sizeFromShape(x.shape) / outer;
    const rows = { size: outer, xStride: inner, yStride: whole };
    // Two dimensions are never too many.
    copyValues(device, [x, y], joined([rows, { size: inner, xStride: 1, yStride: 1 }])!, { y: start });
    start += inner;
  }
  return y;
}

const ofOneType = (tensors: readonly TensorInfo[]) =>
  isHeapType(tensors[0].dtype) && tensors.every(({ dtype }) => dtype === tensors[0].dtype);

const concat: Form = (device, { inputs, attrs }) => {
  const tensors = inputs as unknown as TensorInfo[];
  const [axis] = util.parseAxisParam((attrs as unknown as ConcatAttrs).axis, tensors[0].shape);
  const shapes = tensors.map((tensor) => tensor.shape);
  backend_util.assertParamsConsistent(shapes, axis);
  const shape = backend_util.computeOutShape(shapes, axis);
  if (shape.includes(0) || !ofOneType(tensors)) return undefined;
  const filled = tensors.filter((tensor) => !tensor.shape.includes(0));
  if (filled.length === 1) return device.share(filled[0]);
  return sideBySide(device, filled, shape, util.sizeFromShape(shape.slice(0, axis)));
};

/** Stacks tensors of one shape and type; a single one is tfjs-backend-cpu's to share. */
const pack: Form = (device, { inputs, attrs }) => {
  const tensors = inputs as unknown as TensorInfo[];
  const [first] = tensors;
  const alike = tensors.every((tensor) => util.arraysEqual(tensor.shape, first.shape)) && ofOneType(tensors);
  if (tensors.length === 1 || first.shape.includes(0) || !alike) return undefined;
  const { axis } = attrs as unknown as ConcatAttrs;
  const at = axis < 0 ? axis + first.shape.length + 1 : axis;
  const shape = [...first.shape.slice(0, at), tensors.length, ...first.shape.slice(at)];
  return sideBySide(device, tensors, shape, util.sizeFromShape(shape.slice(0, at)));
};

/** The parts of a tensor along an axis, of so many each; undefined for types that have no place. */
function partsOf(device: Device, x: TensorInfo, axis: number, sizes: readonly number[]): TensorInfo[] | undefined {
  if (!isHeapType(x.dtype)) return undefined;
  const begin = x.shape.map(() => 0);
  return sizes.map((size) => {
    // A slice has no more dimensions than a tensor may have.
    const part = sliced(device, x, begin, x.shape.with(axis, size))!;
    begin[axis] += size;
    return part;
  });
}

const split: Form = (device, { inputs, attrs }) => {
  const { x } = inputs;
  const { numOrSizeSplits, axis: given } = attrs as unknown as SplitVAttrs;
  const [axis] = util.parseAxisParam(given, x.shape);
  return partsOf(device, x, axis, backend_util.prepareSplitSize(x as never, numOrSizeSplits, axis));
};

const unpack: Form = (device, { inputs, attrs }) => {
  const { value } = inputs;
  const [axis] = util.parseAxisParam((attrs as unknown as UnpackAttrs).axis, value.shape);
  const shape = value.shape.filter((_, at) => at !== axis);
  const parts = partsOf(
    device,
    value,
    axis,
    Array.from({ length: value.shape[axis] }, () => 1),
  );
  return parts?.map((part) => ({ ...part, shape }));
};

/** Kernels that join tensors of float32, int32 or bool, and take them apart. */
export const partForms: Forms = { Concat: concat, Pack: pack, SplitV: split, Unpack: unpack };
