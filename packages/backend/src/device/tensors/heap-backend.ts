import { SheepError } from '@sheep/core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { util, type backend_util, type DataId, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Allocator } from '../heap/allocator.js';
import type { Block } from '../heap/allocator-blocks.js';
import { bytesOf, copyOf, HeapValues, isHeapType, type HeapType, type HeapView, type TensorValues } from './values.js';

type Values = backend_util.BackendValues;
/** So few values are only put into the heap where a kernel asks for their place. */
const SMALL = 16;

type Place = Pick<TensorInfo, 'dataId' | 'dtype'>;

/**
 * A tfjs backend whose tensors' values live in a heap. Kernels of ours are given places; kernels of tfjs-backend-cpu
 * are given views, and what they return is copied into the heap. Strings and complex numbers stay JavaScript's.
 */
export class HeapBackend extends MathBackendCPU {
  private stockDepth = 0;
  private readonly disposedByStock: Block[] = [];

  constructor(readonly allocator: Allocator) {
    super();
  }

  override write(values: Values, _shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.data.set(dataId, this.stored(values, dtype, 1));
    return dataId;
  }

  override move(dataId: DataId, values: Values, _shape: number[], dtype: DataType, refCount: number): void {
    this.data.set(dataId, this.stored(values, dtype, refCount));
  }

  /** Copies of the values: what is computed later does not change them. */
  override readSync(dataId: DataId): Values {
    const { values, dtype } = this.data.get(dataId);
    return isHeapType(dtype) ? (values as HeapView).slice() : super.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const data = this.data.has(dataId) ? this.data.get(dataId) : undefined;
    const gone = super.disposeData(dataId, force);
    if (gone && data instanceof HeapValues) {
      if (this.stockDepth > 0) this.disposedByStock.push(data.block);
      else this.allocator.release(data.block);
    }
    return gone;
  }

  override memory(): { unreliable: boolean; reasons: string[]; heapBytes: number; heapBytesInUse: number } {
    const { heapBytes, bytesInUse } = this.allocator;
    return { unreliable: false, reasons: [], heapBytes, heapBytesInUse: bytesInUse };
  }

  /**
   * The place of a tensor's values: the `ref` that a kernel of ours takes. Good until the tensor is disposed.
   * May grow the heap, so it comes before views are taken.
   *
   * @throws SheepError `unsupported` where the heap may not grow that far; `mismatch` for types that have no place.
   */
  place(tensor: Place): number {
    const data = this.data.get(tensor.dataId);
    if (data.dtype !== tensor.dtype || !isHeapType(data.dtype)) throw placeless(tensor.dtype, data.dtype);
    if (data instanceof HeapValues) return data.block.ref;
    const values = data.values as HeapView;
    const moved = this.inHeap(data.dtype, values.length, data.refCount);
    moved.put(values);
    // Takes the place of an entry, which `set` would count as one more.
    this.data.delete(tensor.dataId);
    this.data.set(tensor.dataId, moved);
    return moved.block.ref;
  }

  /** A view of a tensor's values, to read or to fill: good until the heap grows, which any kernel may do. */
  view(tensor: Place): HeapView {
    return this.data.get(tensor.dataId).values as HeapView;
  }

  /** A tensor for a kernel of ours to fill; it holds anything until then. May grow the heap. */
  allocateOutput(shape: number[], dtype: HeapType = 'float32'): TensorInfo {
    const dataId = {};
    this.data.set(dataId, this.inHeap(dtype, util.sizeFromShape(shape), 1));
    return { dataId, shape, dtype };
  }

  /**
   * Runs a kernel of tfjs-backend-cpu, which reads views all along, even of what it has disposed (its FFT does). Until
   * it is done no place is given out again; and where growth would take views away its results are held outside of
   * a heap that is full, until `place` is asked for them.
   */
  runStock<T>(kernel: () => T): T {
    const earlier = this.disposedByStock.length;
    this.stockDepth += 1;
    try {
      return kernel();
    } finally {
      this.stockDepth -= 1;
      for (const block of this.disposedByStock.splice(earlier)) this.allocator.release(block);
    }
  }

  private inHeap(dtype: HeapType, length: number, refCount: number): HeapValues {
    const block = this.allocator.allocate(bytesOf(dtype, length));
    return new HeapValues(this.allocator.heap, block, dtype, length, refCount);
  }

  private stored(values: Values | undefined, dtype: DataType, refCount: number): TensorValues {
    if (!values || !isHeapType(dtype)) return { values, dtype, refCount };
    const { allocator } = this;
    const bytes = bytesOf(dtype, values.length);
    const mayGrow = this.stockDepth === 0 || !allocator.heap.growthDetaches;
    const small = values.length <= SMALL;
    const block = small ? undefined : mayGrow ? allocator.allocate(bytes) : allocator.find(bytes);
    if (!block) return { values: copyOf(values, dtype), dtype, refCount };
    const data = new HeapValues(allocator.heap, block, dtype, values.length, refCount);
    data.put(values as ArrayLike<number>);
    return data;
  }
}

function placeless(asked: DataType, found: DataType): SheepError {
  return new SheepError('mismatch', {
    doing: 'handing a tensor to a kernel of the device',
    expected: 'values of the type float32, int32 or bool, kept as that type',
    received: `a tensor of type ${asked} whose values are kept as ${found}`,
    remedy: 'cast it first',
  });
}
