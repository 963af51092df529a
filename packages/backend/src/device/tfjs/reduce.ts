import { backend_util, util, type ArgMaxAttrs, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { BLOCK_VALUES } from '../kernels/blocks.js';
import { copyValues } from './copy.js';
import type { Form, Forms } from './form.js';

type Reduction = 'sum' | 'largest' | 'smallest';

/** Neighboring dimensions that are all kept or all reduced, as one; those of one value belong to either. */
interface Group {
  size: number;
  readonly reduced: boolean;
}

/** Results side by side that are made together. */
const STRIP_COLUMNS = 256;
/** With fewer results than threads may want, what makes one of them is cut into parts. */
const ENOUGH_RESULTS = 16;
/** Columns are cut into at most so many parts, of at least so many rows each. */
const MOST_PARTS = 32;
const LEAST_ROWS = 64;

function groupsOf(shape: readonly number[], axes: readonly number[]): Group[] {
  const groups: Group[] = [];
  shape.forEach((size, axis) => {
    const reduced = axes.includes(axis);
    const last = groups.at(-1);
    if (last?.reduced === reduced) last.size *= size;
    else if (size !== 1) groups.push({ size, reduced });
  });
  return groups;
}

/** How many of `length` values make one partial result, of `results` that there are without partial ones. */
function partOf(length: number, inner: number, results: number): number {
  if (results >= ENOUGH_RESULTS) return length;
  if (inner === 1) return length > 2 * BLOCK_VALUES ? BLOCK_VALUES : length;
  return Math.max(LEAST_ROWS, Math.ceil(length / MOST_PARTS));
}

/** Reduces the middle of (outer, length, inner), from one place to another. */
function reduceMiddle(
  device: Device,
  reduction: Reduction,
  [outer, length, inner]: readonly [number, number, number],
  [x, y]: readonly [number, number],
  divisor: number,
): void {
  const strips = Math.ceil(inner / STRIP_COLUMNS);
  const columns = Math.ceil(inner / strips);
  const part = partOf(length, inner, outer * strips);
  const parts = Math.ceil(length / part);
  if (parts > 1) {
    device.room(outer * parts * inner, (partial) => {
      run(partial, 1);
      reduceMiddle(device, reduction, [outer, parts, inner], [partial, y], divisor);
    });
    return;
  }
  run(y, divisor);

  function run(to: number, by: number): void {
    const block = Math.max(1, Math.floor(BLOCK_VALUES / (part * columns)));
    const ints = [x, to, outer, length, inner, part, parts, columns, block];
    const kernel = inner === 1 ? (`${reduction}_rows` as const) : (`${reduction}_columns` as const);
    device.run(kernel, ints, [by], Math.ceil((outer * parts * strips) / block));
  }
}

const sizeOf = (groups: readonly Group[]) => groups.reduce((size, group) => size * group.size, 1);

/** Reduces all groups that are to be, the last one first. There is at least one. */
function reduceGroups(
  device: Device,
  reduction: Reduction,
  groups: readonly Group[],
  [x, y]: readonly [number, number],
  divisor: number,
): void {
  const last = groups.findLastIndex(({ reduced }) => reduced);
  const [before, after] = [groups.slice(0, last), groups.slice(last + 1)];
  const sizes = [sizeOf(before), groups[last].size, sizeOf(after)] as const;
  if (!before.some(({ reduced }) => reduced)) {
    reduceMiddle(device, reduction, sizes, [x, y], divisor);
    return;
  }
  device.room(sizes[0] * sizes[2], (rest) => {
    reduceMiddle(device, reduction, sizes, [x, rest], 1);
    reduceGroups(device, reduction, [...before, ...after], [rest, y], divisor);
  });
}

/** A reduction of float32 values that are not empty, over any axes. */
const reduction =
  (kernel: Reduction, axisName: string, divides = false): Form =>
  (device, { inputs, attrs }) => {
    const { x } = inputs;
    if (x.dtype !== 'float32' || x.shape.includes(0)) return undefined;
    const { keepDims, [axisName]: axis } = attrs as NamedAttrMap & Record<string, number | number[]>;
    const axes = util.parseAxisParam(axis, x.shape);
    const [reducedShape, over] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const shape = keepDims ? backend_util.expandShapeToKeepDim(reducedShape, axes) : reducedShape;
    const groups = groupsOf(x.shape, axes);
    const from = device.place(x);
    const y = device.output(shape);
    if (!groups.some(({ reduced }) => reduced)) {
      copyValues(device, [x, y], [{ size: util.sizeFromShape(shape), xStride: 1, yStride: 1 }]);
      return y;
    }
    reduceGroups(device, kernel, groups, [from, device.place(y)], divides ? util.sizeFromShape(over) : 1);
    return y;
  };

/** The place of the largest of float32 values that are not empty, along one axis. */
const argMax: Form = (device, { inputs, attrs }): TensorInfo | undefined => {
  const { x } = inputs;
  if (x.dtype !== 'float32' || x.shape.includes(0)) return undefined;
  const [axis] = util.parseAxisParam((attrs as unknown as ArgMaxAttrs).axis, x.shape);
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const [outer, length, inner] = [util.sizeFromShape(before), x.shape[axis], util.sizeFromShape(after)];
  const from = device.place(x);
  const y = device.backend.allocateOutput([...before, ...after], 'int32');
  const block = inner === 1 ? Math.max(1, Math.floor(BLOCK_VALUES / length)) : STRIP_COLUMNS;
  const blocks = inner === 1 ? Math.ceil(outer / block) : outer * Math.ceil(inner / block);
  const kernel = inner === 1 ? 'arg_max_rows' : 'arg_max_columns';
  device.run(kernel, [from, device.place(y), outer, length, inner, block], [], blocks);
  return y;
};

/** Kernels that reduce axes. */
export const reduceForms: Forms = {
  ArgMax: argMax,
  Max: reduction('largest', 'reductionIndices'),
  Mean: reduction('sum', 'axis', true),
  Min: reduction('smallest', 'axis'),
  Sum: reduction('sum', 'axis'),
};
