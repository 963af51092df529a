import {
  backend_util,
  util,
  type GatherV2Attrs,
  type TensorInfo,
  type UnsortedSegmentSumAttrs,
} from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { BLOCK_VALUES } from '../kernels/blocks.js';
import type { Form, Forms } from './form.js';

/** Each block of a sum of segments looks at all ids: no more of them than keep threads busy. */
const SEGMENT_BLOCKS = 32;

function within(device: Device, indices: TensorInfo, end: number): boolean {
  for (const index of device.backend.view(indices)) if (index < 0 || index >= end) return false;
  return true;
}

/** Slices of float32 or int32. That an index is outside is tfjs-backend-cpu's to say. */
const gather: Form = (device, { inputs, attrs }) => {
  const { x, indices } = inputs;
  const { axis: given, batchDims } = attrs as unknown as GatherV2Attrs;
  const [axis] = util.parseAxisParam(given, x.shape);
  if ((x.dtype !== 'float32' && x.dtype !== 'int32') || indices.dtype !== 'int32') return undefined;
  if (!within(device, indices, x.shape[axis])) return undefined;
  const sizes = backend_util.segment_util.collectGatherOpShapeInfo(x as never, indices as never, axis, batchDims);
  const { batchSize, outerSize, dimSize, sliceSize, outputShape } = sizes;
  const count = util.sizeFromShape(indices.shape) / batchSize;
  const places = [device.place(x), device.place(indices)];
  const y = device.backend.allocateOutput(outputShape, x.dtype);
  const blockRows = Math.max(1, Math.floor(BLOCK_VALUES / sliceSize));
  const ints = [...places, device.place(y), batchSize, outerSize, dimSize, count, sliceSize, blockRows];
  if (!outputShape.includes(0)) {
    device.run('gather', ints, [], Math.ceil((batchSize * outerSize * count) / blockRows));
  }
  return y;
};

/** Sums of the rows of float32 that have the same id, of a list of ids; ids outside count for nothing. */
const segmentSum: Form = (device, { inputs, attrs }) => {
  const { x, segmentIds } = inputs;
  const { numSegments } = attrs as unknown as UnsortedSegmentSumAttrs;
  const shape = [numSegments, ...x.shape.slice(1)];
  if (x.dtype !== 'float32' || segmentIds.dtype !== 'int32') return undefined;
  if (segmentIds.shape.length !== 1 || segmentIds.shape[0] !== x.shape[0] || shape.includes(0)) return undefined;
  const places = [device.place(x), device.place(segmentIds)];
  const y = device.output(shape);
  const blockRows = Math.ceil(numSegments / SEGMENT_BLOCKS);
  const sizes = [x.shape[0], util.sizeFromShape(shape.slice(1)), numSegments, blockRows, 0];
  const blocks = Math.ceil(numSegments / blockRows);
  device.run('embed_tokens_gradient', [...places, device.place(y), ...sizes], [], blocks);
  return y;
};

/** Kernels that take rows by their numbers, and add to them. */
export const gatherForms: Forms = { GatherV2: gather, UnsortedSegmentSum: segmentSum };
