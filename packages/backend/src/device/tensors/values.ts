import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Block } from '../heap/allocator-blocks.js';
import { REF_BYTES, type Heap } from '../heap/heap.js';

/** The kinds of values that live in the heap: 4, 4 and 1 bytes each. Strings and complex numbers do not. */
export type HeapType = 'float32' | 'int32' | 'bool';

/** A view of values in the heap. */
export type HeapView = Float32Array | Int32Array | Uint8Array;

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** Whether values of that type live in the heap. */
export function isHeapType(dtype: DataType): dtype is HeapType {
  return dtype in arrays;
}

/** Bytes that so many values take. */
export function bytesOf(dtype: HeapType, length: number): number {
  return length * arrays[dtype].BYTES_PER_ELEMENT;
}

/** Values as an array of their own, of the type that the heap has for them. */
export function copyOf(values: backend_util.BackendValues, dtype: HeapType): HeapView {
  return arrays[dtype].from(values as ArrayLike<number>);
}

/** The values of one tensor, as tfjs-backend-cpu's kernels find them. */
export interface TensorValues {
  readonly values: backend_util.BackendValues | undefined;
  readonly dtype: DataType;
  refCount: number;
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
}

/** Values in the heap, of `length` elements. */
export class HeapValues implements TensorValues {
  private view: HeapView | undefined;

  constructor(
    private readonly heap: Heap,
    readonly block: Block,
    readonly dtype: HeapType,
    readonly length: number,
    public refCount: number,
  ) {}

  /** Gives it values, behind the kernels before. */
  put(values: ArrayLike<number>): void {
    const { heap, block, dtype } = this;
    if (dtype === 'bool') this.values.set(values);
    else heap.write(block.ref, values instanceof arrays[dtype] ? values : arrays[dtype].from(values));
  }

  /** A view, good until the heap grows. */
  get values(): HeapView {
    const { buffer } = this.heap;
    if (this.view?.buffer !== buffer) {
      const array = arrays[this.dtype] as Float32ArrayConstructor;
      this.view = new array(buffer as ArrayBuffer, this.block.ref * REF_BYTES, this.length);
    }
    return this.view;
  }
}
