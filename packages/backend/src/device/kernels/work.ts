import type { KernelName } from '../kernel-names.js';

/** What a job of a kernel has to do at least, whatever it does besides. */
export interface Work {
  /** Multiplications and additions of matrix products and attention; 0 for a kernel that has none. */
  readonly flops: number;
  /** Bytes that it reads and writes if each value moves once. */
  readonly bytes: number;
}

type Ints = readonly number[];
type WorkOf = (ints: Ints, blocks: number) => Work;

const FLOAT = 4;
/** Queries of a block of `attention`. */
const ATTENTION_TILE = 64;

const moved = (bytes: number): Work => ({ flops: 0, bytes });
const productOf = (values: Ints): number => values.reduce((product, value) => product * value, 1);

/** Kernels whose parameters end with the number of values, of which each takes so many bytes in all. */
const values =
  (bytes: number): WorkOf =>
  (ints) =>
    moved(bytes * ints.at(-1)!);

/** Kernels whose parameters end with rows, width and so many more. */
const rows =
  (bytes: number, more: number): WorkOf =>
  (ints) =>
    moved(bytes * ints.at(-more - 2)! * ints.at(-more - 1)!);

/** Two operands that broadcast, each and the result of so many bytes: kernels/broadcast.h. */
const broadcast =
  (operand: number, result: number): WorkOf =>
  ([, , , count, width, aStep, bStep, rank, ...outer]) => {
    const read = (step: number, stride: number): number => {
      const sizes = Array.from({ length: rank }, (_, i) => (outer[3 * i + stride] === 0 ? 1 : outer[3 * i]));
      return (step === 0 ? 1 : width) * productOf(sizes);
    };
    return moved(operand * (read(aStep, 1) + read(bStep, 2)) + result * count);
  };

const outerSizes = (outer: Ints, rank: number): number =>
  productOf(Array.from({ length: rank }, (_, i) => outer[3 * i]));

const blocksOf = (whole: number, part: number): number => Math.ceil(whole / part);

/** kernels/gemm.c; the sizes come behind the places, which are not counted from the front. */
const gemm: WorkOf = (ints, blocks) => {
  const [m, n, k, , , , packedBatch, , , blockRows, blockColumns, add] = ints.slice(-13);
  const batch = blocks / (blocksOf(m, blockRows) * blocksOf(n, blockColumns));
  const floats = batch * m * (k + n * (1 + add)) + (packedBatch === 0 ? 1 : batch) * k * n;
  return { flops: 2 * m * n * k * batch, bytes: FLOAT * floats };
};

const gemmPack: WorkOf = (ints, blocks) => {
  const [k, n, , , , blockRows, blockColumns] = ints.slice(-8);
  return moved((2 * FLOAT * k * n * blocks) / (blocksOf(k, blockRows) * blocksOf(n, blockColumns)));
};

/** kernels/linear.c. */
const linear: WorkOf = (ints) => {
  const [, , , residual, , slope, , , normal] = ints;
  const [m, k, n] = ints.slice(-8);
  const outputs = 1 + Number(residual !== 0) + Number(slope !== 0);
  return { flops: 2 * m * n * k, bytes: FLOAT * (m * k * (normal === 0 ? 1 : 2) + k * n + m * n * outputs) };
};

/** kernels/linear-gradient.c. */
const linearGradient: WorkOf = (ints) => {
  const [, slope, packed, , packedDy, , gain, , past] = ints;
  const [m, n, k] = ints.slice(-6);
  const [reads, writes] = [1 + Number(slope !== 0), Number(packedDy !== 0)];
  const back = packed === 0 ? 0 : k * n + m * k * (1 + Number(gain !== 0) + Number(past !== 0));
  return { flops: packed === 0 ? 0 : 2 * m * n * k, bytes: FLOAT * (m * n * (reads + writes) + back) };
};

/** Products over the pairs of a query and a key that it sees: two forward, five for the gradient. */
const attention =
  (products: number, places: number, tensors: number, blocksPerHead: (time: number) => number): WorkOf =>
  (ints, blocks) => {
    const [time, , size] = ints.slice(places);
    const heads = blocks / blocksPerHead(time);
    const pairs = (time * (time + 1)) / 2;
    return { flops: 2 * products * heads * pairs * size, bytes: FLOAT * heads * time * (tensors * size + 2) };
  };

const reduction: WorkOf = ([, , outer, length, inner, , parts]) => moved(FLOAT * outer * inner * (length + parts));
const argMax: WorkOf = ([, , outer, length, inner]) => moved(FLOAT * outer * inner * (length + 1));

const table: Readonly<Record<string, WorkOf>> = {
  fill: values(FLOAT),
  sum_squares: values(FLOAT),
  global_norm: values(FLOAT),
  scale: values(2 * FLOAT),
  dropout: ([, residual, , count]) => moved(FLOAT * count * (residual === 0 ? 2 : 3)),
  norm: rows(2 * FLOAT, 2),
  norm_gradient: rows(3 * FLOAT, 2),
  norm_parameters: rows(2 * FLOAT, 0),
  softmax: rows(2 * FLOAT, 1),
  softmax_gradient: rows(3 * FLOAT, 1),
  adamw: values(7 * FLOAT),
  embed: ([, , positions, , count, , width]) => moved(FLOAT * count * width * (positions === 0 ? 2 : 3)),
  embed_tokens_gradient: ([, , , count, width, vocabulary]) => moved(FLOAT * width * (count + vocabulary)),
  embed_positions_gradient: ([, , batch, time, width, , positions]) =>
    moved(FLOAT * width * (batch * time + positions)),
  gemm,
  gemm_pack: gemmPack,
  linear,
  linear_gradient: linearGradient,
  cross_entropy: ([, , , , count, width, , gradient]) => moved(FLOAT * count * width * (1 + gradient)),
  cross_entropy_sums: values(2 * FLOAT),
  attention: attention(2, 3, 4, (time) => blocksOf(time, ATTENTION_TILE)),
  attention_gradient: attention(5, 5, 8, () => 1),
  select_words: values(3 * FLOAT + 1),
  cast_float_to_int: values(2 * FLOAT),
  cast_int_to_float: values(2 * FLOAT),
  cast_float_to_bool: values(FLOAT + 1),
  cast_int_to_bool: values(FLOAT + 1),
  cast_bool_to_float: values(FLOAT + 1),
  cast_bool_to_int: values(FLOAT + 1),
  logical_and: broadcast(1, 1),
  logical_or: broadcast(1, 1),
  logical_not: values(2),
  sum_rows: reduction,
  sum_columns: reduction,
  largest_rows: reduction,
  largest_columns: reduction,
  smallest_rows: reduction,
  smallest_columns: reduction,
  arg_max_rows: argMax,
  arg_max_columns: argMax,
  copy_words: ([, , , , count]) => moved(2 * FLOAT * count),
  copy_bytes: ([, , , , count]) => moved(2 * count),
  transpose_words: ([, , down, across, , , rank, ...outer]) =>
    moved(2 * FLOAT * down * across * outerSizes(outer, rank)),
  gather: ([, , , batch, outer, , count, slice]) => moved(FLOAT * batch * count * (2 * outer * slice + 1)),
  peak_products: ([mega], blocks) => ({ flops: blocks * mega * 2 ** 20, bytes: 0 }),
  peak_copy: values(2 * FLOAT),
};

/** Kernels that are alike, by how their names begin and perhaps end. */
const families: readonly (readonly [pattern: RegExp, work: WorkOf])[] = [
  [/^pointwise_.*_gradient$/, values(3 * FLOAT)],
  [/^(?:pointwise|unary)_/, values(2 * FLOAT)],
  [/^binary_/, broadcast(FLOAT, FLOAT)],
  [/^compare_/, broadcast(FLOAT, 1)],
  // kernels/convert.c: 16 bits and 32.
  [/^(?:decode|encode)_/, values(6)],
];

/** The work of a job, from the integers that it is given. Undefined for a kernel that has no entry here. */
export function workOf(kernel: KernelName, ints: readonly number[], blocks: number): Work | undefined {
  const find = table[kernel] ?? families.find(([pattern]) => pattern.test(kernel))?.[1];
  return find?.(ints, blocks);
}
