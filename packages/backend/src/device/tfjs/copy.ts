import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { blocksOf } from './form.js';

/** A dimension that is copied: how many, and from one to the next, counted in values. */
export interface Dimension {
  readonly size: number;
  readonly xStride: number;
  readonly yStride: number;
}

/** Where a copy starts, counted in values. */
export interface Starts {
  readonly x?: number;
  readonly y?: number;
}

/** Dimensions before the row that the kernels take. */
const OUTER_DIMENSIONS = 5;
const TRANSPOSE_DIMENSIONS = 4;
/** From so many rows and columns on, tiles are faster. */
const TILED = 8;
const TILE_ROWS = 64;
const TILE_COLUMNS = 256;

/** Strides of a tensor that lies in order. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Neighbors as one dimension where they lie so, and none of one value. Undefined where the kernel takes fewer. */
export function joined(dimensions: readonly Dimension[]): Dimension[] | undefined {
  const found: Dimension[] = [];
  for (const dimension of dimensions) {
    const { size, xStride, yStride } = dimension;
    const last = found.at(-1);
    if (size === 1) continue;
    if (last && last.xStride === xStride * size && last.yStride === yStride * size) {
      found[found.length - 1] = { size: last.size * size, xStride, yStride };
    } else found.push(dimension);
  }
  return found.length > OUTER_DIMENSIONS + 1 ? undefined : found;
}

const words = (dimensions: readonly Dimension[]) =>
  dimensions.flatMap(({ size, xStride, yStride }) => [size, xStride, yStride]);

/** Copies values of one tensor to places in another of the same type. `dimensions`: as `joined` made them. */
export function copyValues(
  device: Device,
  [x, y]: readonly [TensorInfo, TensorInfo],
  dimensions: readonly Dimension[],
  { x: xStart = 0, y: yStart = 0 }: Starts = {},
): void {
  const places = [device.place(x), device.place(y)];
  const wide = x.dtype !== 'bool';
  if (wide && xStart === 0 && yStart === 0 && transposed(device, places, dimensions)) return;
  const { size: width, xStride, yStride } = dimensions.at(-1) ?? { size: 1, xStride: 1, yStride: 1 };
  const outer = dimensions.slice(0, -1);
  const count = outer.reduce((product, { size }) => product * size, width);
  const ints = [...places, xStart, yStart, count, width, xStride, yStride, outer.length, ...words(outer)];
  device.run(wide ? 'copy_words' : 'copy_bytes', ints, [], blocksOf(count));
}

/** Copies in tiles where a dimension that lies in order in one tensor is another than in the other. */
function transposed(device: Device, places: readonly number[], dimensions: readonly Dimension[]): boolean {
  const column = dimensions.at(-1);
  const row = dimensions.find(({ xStride }) => xStride === 1);
  if (!column || !row || row === column || column.yStride !== 1) return false;
  const outer = dimensions.filter((dimension) => dimension !== row && dimension !== column);
  if (column.xStride < row.size || row.size < TILED || column.size < TILED || outer.length > TRANSPOSE_DIMENSIONS) {
    return false;
  }
  const matrices = outer.reduce((product, { size }) => product * size, 1);
  const blocks = matrices * Math.ceil(row.size / TILE_ROWS) * Math.ceil(column.size / TILE_COLUMNS);
  const sizes = [row.size, column.size, column.xStride, row.yStride, outer.length];
  device.run('transpose_words', [...places, ...sizes, ...words(outer)], [], blocks);
  return true;
}
