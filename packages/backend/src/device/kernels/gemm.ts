import type { KernelRunner } from '../device.js';

/** Floats of one row of a packed B are counted up to a multiple of this, in every build of the kernels. */
const PACKED_COLUMNS = 16;
/** A block of columns starts where a panel of any build starts. */
const PANEL_COLUMNS = 64;
/** A block of rows ends where a line of a transposed A does. */
const LINE_ROWS = 16;
/** Beyond these a block's part of A leaves the second-level cache, and of B the third; a wide block copies A less often. */
const MOST_ROWS = 96;
const MOST_COLUMNS = 1024;
/** Down to these it costs little to read B for fewer rows, and a transposed A for fewer columns. */
const GOOD_ROWS = 32;
const GOOD_COLUMNS = 128;
/** Blocks are halved until there are so many for each thread, or each takes about 20 microseconds. */
const BLOCKS_A_THREAD = 4;
const LEAST_OPERATIONS = 1e6;

/** A matrix of a batch in the heap: where the first is, and the floats from one row, column and matrix to the next. */
export interface Operand {
  readonly ref: number;
  readonly rowStride: number;
  readonly columnStride: number;
  /** 0 where all of the batch share one matrix, or there is only one. */
  readonly batchStride: number;
}

/** A matrix in the heap whose rows of `width` floats follow each other, as it lies or transposed. */
export const matrix = (ref: number, width: number, transposed: boolean): Operand => ({
  ref,
  rowStride: transposed ? 1 : width,
  columnStride: transposed ? width : 1,
  batchStride: 0,
});

/** C = alpha A B + bias + C, for each of a batch. A is m x k, B k x n, C m x n, its columns neighbors. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch?: number;
  readonly a: Operand;
  readonly b: Operand;
  readonly c: Omit<Operand, 'columnStride'>;
  /** n floats that are added to each row. */
  readonly bias?: number;
  readonly alpha?: number;
  /** Adds to what C holds, as for gradients; otherwise C is not read. */
  readonly add?: boolean;
  /** n floats that get the sums of B's columns; not for a batch. */
  readonly sums?: number;
  /** What A and B are rounded to before they are multiplied; sums are of float32. That itself unless given. */
  readonly precision?: Precision;
}

/** What the factors of a product are rounded to: float32 or bfloat16. */
export type Precision = 'f32' | 'bf16';

type Right = Pick<Product, 'n' | 'k' | 'b' | 'batch' | 'precision'>;

/** Words of 32 bits that B takes when packed: a float, or two neighbors along K as bf16. */
export function packedWords({ n, k, b, batch = 1, precision }: Right): number {
  const rows = precision === 'bf16' ? Math.ceil(k / 2) : k;
  return rows * roundUp(n, PACKED_COLUMNS) * (b.batchStride === 0 ? 1 : batch);
}

/** Packs B for any number of products with it, such as a weight for a step: `packed` is a place for `packedWords`. */
export function packB(runner: KernelRunner, { n, k, b, batch = 1, precision }: Right, packed: number) {
  const [rows, columns] = b.columnStride === 1 ? [64, 512] : [256, PANEL_COLUMNS];
  const blocks = Math.ceil(k / rows) * Math.ceil(n / columns) * (b.batchStride === 0 ? 1 : batch);
  if (blocks === 0) return;
  const ints = [b.ref, packed, k, n, b.rowStride, b.columnStride, b.batchStride, rows, columns, flag(precision)];
  runner.run('gemm_pack', ints, [], blocks);
}

/** The product with a B that `packB` packed. */
export function multiplyPacked(runner: KernelRunner, product: Product, packed: number) {
  const { m, n, k, a, b, c, batch = 1, bias = 0, sums = 0, alpha = 1, add = false, precision } = product;
  if (m * n * batch === 0) return;
  const [rows, columns] = blockSize(m, n, k, runner.threads, batch);
  const places = [a.ref, packed, c.ref, bias, sums];
  const strides = [a.rowStride, a.columnStride, a.batchStride, b.batchStride === 0 ? 0 : 1, c.rowStride, c.batchStride];
  const ints = [...places, m, n, k, ...strides, rows, columns, add ? 1 : 0, flag(precision)];
  runner.run('gemm', ints, [alpha], Math.ceil(m / rows) * Math.ceil(n / columns) * batch);
}

/** The product, B packed for it at `packed`. */
export function multiply(runner: KernelRunner, product: Product, packed: number) {
  packB(runner, product, packed);
  multiplyPacked(runner, product, packed);
}

/** Rows and columns of C that a block makes. The bits of C do not depend on them, only the time does. */
export function blockSize(m: number, n: number, k: number, threads: number, batch = 1): [number, number] {
  let rows = evenPart(m, MOST_ROWS, LINE_ROWS);
  let columns = evenPart(n, MOST_COLUMNS, PANEL_COLUMNS);
  for (;;) {
    const blocks = Math.ceil(m / rows) * Math.ceil(n / columns) * batch;
    if (blocks >= BLOCKS_A_THREAD * threads || rows * columns * k < 2 * LEAST_OPERATIONS) return [rows, columns];
    if (rows > GOOD_ROWS) rows = roundUp(rows / 2, LINE_ROWS);
    else if (columns > GOOD_COLUMNS) columns = roundUp(columns / 2, PANEL_COLUMNS);
    else if (rows > LINE_ROWS) rows = LINE_ROWS;
    else return [rows, columns];
  }
}

/** How kernels are told of it. */
export const flag = (precision: Precision | undefined): number => (precision === 'bf16' ? 1 : 0);

/** The size of equal parts of `whole`, none over `most`, rounded up to a multiple of `step`. */
const evenPart = (whole: number, most: number, step: number) => roundUp(whole / Math.ceil(whole / most), step);

const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;
