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
      return Float32Array.from(tensor.data, halfToNumber);
    case 'BF16':
      return new Float32Array(Uint32Array.from(tensor.data, (word) => word << 16).buffer);
    case 'I64':
    case 'U64':
      return Float32Array.from(tensor.data as BigInt64Array, Number);
    default:
      return Float32Array.from(tensor.data);
  }
}

/** IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 of mantissa. */
function halfToNumber(word: number): number {
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word >> 10) & 0x1f;
  const mantissa = word & 0x3ff;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}
