import type { Tensor } from '@tensorflow/tfjs-core';

/** How far one result is from the reference. */
export interface Deviation {
  /** As in `out/y` or `grad/weight`. */
  readonly what: string;
  /** max|a - b| / max|b| for values, |a - b| / |b| (L2) for gradients; infinite where a value is not a number. */
  readonly deviation: number;
}

/** Where the reference is all zero, differences count against this. */
const SMALLEST = 1e-6;

function relative(a: ArrayLike<number>, b: ArrayLike<number>, combine: (total: number, value: number) => number) {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i += 1) {
    if (!Number.isFinite(a[i])) return Infinity;
    difference = combine(difference, Math.abs(a[i] - b[i]));
    size = combine(size, Math.abs(b[i]));
  }
  return difference / Math.max(size, SMALLEST);
}

/** Reads a result and compares it: shapes that differ in size are an infinite deviation. Disposes the result. */
export async function compare(what: string, result: Tensor, expected: Float64Array): Promise<Deviation> {
  const values = await result.data();
  result.dispose();
  if (values.length !== expected.length) return { what, deviation: Infinity };
  const combine = what.startsWith('grad/') ? Math.hypot : Math.max;
  return { what, deviation: relative(values, expected, combine) };
}
