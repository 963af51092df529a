import type { HalfDtype } from './dtypes.js';

/**
 * Float32 values as words of 16 bits, rounded to the nearest, ties to even, as PyTorch does: beyond the type's range they
 * become infinite, below it subnormal. NaN stays NaN, quiet, with its sign and as much of its payload as there is room for.
 */
export function toHalves(values: Float32Array, dtype: HalfDtype): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return dtype === 'F16' ? floatsToHalves(bits) : floatsToShortFloats(bits);
}

// A loop each, as in to-float32.ts.

function floatsToHalves(bits: Uint32Array): Uint16Array {
  const words = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) words[i] = floatToHalf(bits[i]);
  return words;
}

function floatsToShortFloats(bits: Uint32Array): Uint16Array {
  const words = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) {
    const isNaN = (bits[i] & 0x7fff_ffff) > INFINITE;
    words[i] = isNaN ? (bits[i] >>> 16) | 0x40 : withoutBits(bits[i], 16);
  }
  return words;
}

const INFINITE = 0x7f80_0000;
// 2^-14, the smallest normal binary16.
const LEAST_NORMAL = 0x3880_0000;
// From the exponent's bias of 127 to one of 15.
const REBIAS = 112 << 23;

function floatToHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fff_ffff;
  if (size > INFINITE) return sign | 0x7e00 | ((size >>> 13) & 0x3ff);
  if (size < LEAST_NORMAL) return sign | subnormalHalf(size);
  return sign | Math.min(withoutBits(size - REBIAS, 13), 0x7c00);
}

/** A whole number of 2^-24, for a value below 2^-14: its mantissa of 24 bits with those below that taken away. */
function subnormalHalf(size: number): number {
  const lowest = 126 - (size >>> 23);
  return lowest > 24 ? 0 : withoutBits((size & 0x7f_ffff) | 0x80_0000, lowest);
}

/** A whole number without its lowest bits, rounded. What rounding carries out of a mantissa belongs to the exponent. */
function withoutBits(value: number, lowest: number): number {
  return (value + 2 ** (lowest - 1) - 1 + ((value >>> lowest) & 1)) >>> lowest;
}
