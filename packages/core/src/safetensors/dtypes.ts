/** The array that holds the elements of each type; F16 and BF16 as their 16-bit patterns, BOOL as 0 and 1. */
export interface ArrayOfDtype {
  U64: BigUint64Array;
  I64: BigInt64Array;
  F64: Float64Array;
  F32: Float32Array;
  U32: Uint32Array;
  I32: Int32Array;
  BF16: Uint16Array;
  F16: Uint16Array;
  U16: Uint16Array;
  I16: Int16Array;
  I8: Int8Array;
  U8: Uint8Array;
  BOOL: Uint8Array;
}

/** An element type, as the format names it. */
export type Dtype = keyof ArrayOfDtype;

/** One tensor of a file: `data` holds the product of `shape` elements, row after row. */
export type StoredTensor = {
  [D in Dtype]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: ArrayOfDtype[D] };
}[Dtype];

/** A type of 16 bits whose values are numbers with a fraction. */
export type HalfDtype = 'F16' | 'BF16';

/** A tensor of such a type: `data` holds bit patterns. */
export interface HalfTensor {
  readonly dtype: HalfDtype;
  readonly shape: readonly number[];
  readonly data: Uint16Array;
}

/** Pairs of text that stand in a file's header beside the tensors. */
export type SafetensorsMetadata = Readonly<Record<string, string>>;

/** The name under which a header holds its metadata, so no tensor's. */
export const METADATA_KEY = '__metadata__';

/** The largest header the format allows, in bytes. */
export const MAX_HEADER_BYTES = 100_000_000;

interface ArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): StoredTensor['data'];
}

/** The array class of each type, in the order in which the reference writer lays the types out in a file. */
export const ARRAY_CLASSES: Readonly<Record<Dtype, ArrayClass>> = {
  U64: BigUint64Array,
  I64: BigInt64Array,
  F64: Float64Array,
  F32: Float32Array,
  U32: Uint32Array,
  I32: Int32Array,
  BF16: Uint16Array,
  F16: Uint16Array,
  U16: Uint16Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** Whether a value from a header names a type that this reader knows. */
export function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(ARRAY_CLASSES, value);
}

/** The number of elements of a shape; undefined where a dimension is no count or the product is not exact. */
export function elementCount(shape: readonly unknown[]): number | undefined {
  let count = 1;
  for (const dimension of shape) {
    if (!isCount(dimension)) return undefined;
    count *= dimension;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

/** Whether a name can stand in a header: not a special one, and UTF-8 can write it. */
export function isTensorName(name: string): boolean {
  return name !== METADATA_KEY && name !== '__proto__' && !/\p{Surrogate}/u.test(name);
}

/** Whether a value is a whole number from 0 that a double holds exactly. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}
