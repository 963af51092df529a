import type { StoredTensor } from './dtypes.js';

/**
 * A tensor's values as float32. An F32 tensor gives its own array, not a copy; every other type a new one. Values
 * of F64, I64, U64, I32 and U32 are rounded to the nearest; F16 and BF16 are exact.
 */
export function toFloat32(tensor: StoredTensor): Float32Array {
  switch (tensor.dtype) {
    case 'F32':
      return tensor.data;
    case 'F16':
      return halvesToFloat32(tensor.data);
    case 'BF16':
      return shortFloatsToFloat32(tensor.data);
    case 'I64':
    case 'U64':
      return Float32Array.from(tensor.data as BigInt64Array, Number);
    default:
      return Float32Array.from(tensor.data);
  }
}

// Loops: `from` with a function takes seventy times as long, and one loop for both, which is given a function, twice.

function halvesToFloat32(words: Uint16Array): Float32Array {
  const bits = new Uint32Array(words.length);
  for (let i = 0; i < words.length; i += 1) bits[i] = halfToFloatBits(words[i]);
  return new Float32Array(bits.buffer);
}

/** A bfloat16 is the upper half of a float32. */
function shortFloatsToFloat32(words: Uint16Array): Float32Array {
  const bits = new Uint32Array(words.length);
  for (let i = 0; i < words.length; i += 1) bits[i] = words[i] << 16;
  return new Float32Array(bits.buffer);
}

const HALF_INFINITY = 0x7c00;
// From the exponent's bias of 15 to one of 127.
const REBIAS = 112 << 23;

/** The bits as float32 of an IEEE 754 binary16: sign, 5 bits of exponent, 10 of mantissa. NaN keeps its payload. */
function halfToFloatBits(word: number): number {
  const sign = (word & 0x8000) << 16;
  const size = word & 0x7fff;
  if (size >= 0x400 && size < HALF_INFINITY) return sign | ((size << 13) + REBIAS);
  if (size > HALF_INFINITY) return sign | 0x7fc0_0000 | (size << 13);
  if (size === HALF_INFINITY) return sign | 0x7f80_0000;
  return sign | subnormalToFloatBits(size);
}

/** Of size * 2^-24, below 2^-14. */
function subnormalToFloatBits(size: number): number {
  if (size === 0) return 0;
  const shift = Math.clz32(size) - 21;
  return ((113 - shift) << 23) | ((size << (13 + shift)) & 0x7f_ffff);
}
