import type { Device } from '../device.js';
import { multiplyPacked, packB, packedWords, type Operand, type Product } from './gemm.js';
import { REF_BYTES } from '../heap/heap.js';

/** Rows of B of a part: A's and B's parts of a block are then read from memory once. A multiple of four. */
const PART = 2048;
/** Values that a block of the sum adds up. */
const SUM_VALUES = 256;

type Right = Pick<Product, 'n' | 'k' | 'b' | 'precision'>;

const behind = (ref: number, floats: number): number => ref + (floats * 4) / REF_BYTES;

/** Whole parts of K, and what is left behind them. */
const partsOf = (k: number) => ({ whole: Math.floor(k / PART), rest: k % PART, start: k - (k % PART) });

/** Packs B for {@link multiplyDeep}, into as many words as `packedWords` says. */
export function packDeep(device: Device, { n, k, b, precision }: Right, packed: number): void {
  const { whole, rest, start } = partsOf(k);
  const first = { n, k: PART, b: { ...b, batchStride: PART * b.rowStride }, batch: whole, precision };
  packB(device, first, packed);
  const left = { ...b, ref: behind(b.ref, start * b.rowStride) };
  if (rest > 0)
    packB(device, { n, k: rest, b: left, precision }, behind(packed, packedWords({ n, k: start, b: left, precision })));
}

/**
 * C = A B, where K is large against C, as of a head's gradient: whole parts of K side by side, their sum in order, and
 * what is left. B as {@link packDeep} packed it; the rows of C, at the place `c`, follow each other.
 */
export function multiplyDeep(
  device: Device,
  { m, n, k, a, c, precision }: Right & { readonly m: number; readonly a: Operand; readonly c: number },
  packed: number,
): void {
  const { whole, rest, start } = partsOf(k);
  const [batched, single] = [1, 0].map((batchStride) => ({ ref: 0, rowStride: 0, columnStride: 0, batchStride }));
  device.room(whole * m * n, (sums) => {
    const first = { ...a, batchStride: PART * a.columnStride };
    const to = { ref: sums, rowStride: n, batchStride: m * n };
    multiplyPacked(device, { m, n, k: PART, batch: whole, a: first, b: batched, c: to, precision }, packed);
    const ints = [sums, c, 1, whole, m * n, whole, 1, SUM_VALUES, 1];
    if (whole > 0) device.run('sum_columns', ints, [1], Math.ceil((m * n) / SUM_VALUES));
  });
  if (rest === 0) return;
  const last = { ...a, ref: behind(a.ref, start * a.columnStride) };
  const to = { ref: c, rowStride: n, batchStride: 0 };
  const left = { m, n, k: rest, a: last, b: single, c: to, add: whole > 0, precision };
  multiplyPacked(device, left, behind(packed, packedWords({ n, k: start, b: single, precision })));
}
