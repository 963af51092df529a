import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import type { HeapType } from '../tensors/values.js';
import type { KernelName } from '../kernel-names.js';
import { blocksOf } from './form.js';

/** Dimensions before the row that a kernel takes. */
const OUTER_DIMENSIONS = 5;

/** How two operands are walked along with their result: rows, and the dimensions before them. */
interface Walk {
  readonly shape: number[];
  readonly width: number;
  readonly aStep: number;
  readonly bStep: number;
  /** Size, stride of a and stride of b of each dimension before the row. */
  readonly outer: readonly number[];
}

interface Dimension {
  size: number;
  readonly aStride: number;
  readonly bStride: number;
}

/** Dimensions of more than one value, neighbors joined where both operands walk alike; the last comes first. */
function joinDimensions(shape: readonly number[], aShape: readonly number[], bShape: readonly number[]): Dimension[] {
  const joined: Dimension[] = [];
  let [aStride, bStride] = [1, 1];
  for (let back = 1; back <= shape.length; back += 1) {
    const size = shape[shape.length - back];
    const [aSize, bSize] = [aShape[aShape.length - back] ?? 1, bShape[bShape.length - back] ?? 1];
    const dimension = { size, aStride: aSize === 1 ? 0 : aStride, bStride: bSize === 1 ? 0 : bStride };
    const last = joined.at(-1);
    const alike = last && last.aStride > 0 === dimension.aStride > 0 && last.bStride > 0 === dimension.bStride > 0;
    if (alike && size > 1) last.size *= size;
    else if (size !== 1) joined.push(dimension);
    aStride *= aSize;
    bStride *= bSize;
  }
  return joined;
}

function walk(a: TensorInfo, b: TensorInfo): Walk | undefined {
  const [aSize, bSize] = [util.sizeFromShape(a.shape), util.sizeFromShape(b.shape)];
  if (util.arraysEqual(a.shape, b.shape)) return { shape: a.shape, width: aSize, aStep: 1, bStep: 1, outer: [] };
  if (bSize === 1 && b.shape.length <= a.shape.length) {
    return { shape: a.shape, width: aSize, aStep: 1, bStep: 0, outer: [] };
  }
  if (aSize === 1 && a.shape.length <= b.shape.length) {
    return { shape: b.shape, width: bSize, aStep: 0, bStep: 1, outer: [] };
  }
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const [row = { size: 1, aStride: 1, bStride: 1 }, ...before] = joinDimensions(shape, a.shape, b.shape);
  if (before.length > OUTER_DIMENSIONS) return undefined;
  const outer = before.reverse().flatMap(({ size, aStride, bStride }) => [size, aStride, bStride]);
  return { shape, width: row.size, aStep: row.aStride, bStep: row.bStride, outer };
}

/**
 * The values of a kernel of two operands that broadcast; undefined where their dimensions alternate too often.
 *
 * @param into a tensor of the result's shape and type that takes the values; a new one unless given.
 */
export function broadcast(
  device: Device,
  kernel: KernelName,
  [a, b]: readonly [TensorInfo, TensorInfo],
  dtype: HeapType,
  into?: TensorInfo,
): TensorInfo | undefined {
  const found = walk(a, b);
  if (!found) return undefined;
  const { shape, width, aStep, bStep, outer } = found;
  const places = [device.place(a), device.place(b)];
  const y = into ?? device.backend.allocateOutput(shape, dtype);
  const count = util.sizeFromShape(shape);
  const ints = [...places, device.place(y), count, width, aStep, bStep, outer.length / 3, ...outer];
  device.run(kernel, ints, [], blocksOf(count));
  return y;
}
