import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Block } from './heap/allocator-blocks.js';
import { REF_BYTES } from './heap/heap.js';
import type { HeapBackend } from './tensors/heap-backend.js';
import type { KernelName } from './kernel-names.js';
import type { Precision } from './kernels/gemm.js';

const REF_FLOATS = REF_BYTES / 4;

/** What runs kernels on the heap: a pool of threads. */
export interface KernelRunner {
  /** Runs all blocks of a kernel, and returns when they are done. */
  run(kernel: KernelName, ints: readonly number[], floats: readonly number[], blocks: number): void;
}

/**
 * A device as the forms of ops see it: tensors by their places in the heap, kernels, and room for the time of a call.
 *
 * Whatever may grow the heap (`place`, `output`, `room`) comes before values are looked at from JavaScript.
 */
export class Device implements KernelRunner {
  /** What the factors of the products of our ops are rounded to. */
  precision: Precision = 'f32';

  constructor(
    readonly backend: HeapBackend,
    private runner: KernelRunner,
  ) {}

  run(kernel: KernelName, ints: readonly number[], floats: readonly number[], blocks: number): void {
    if (blocks > 0) this.runner.run(kernel, ints, floats, blocks);
  }

  /** Lets another runner run the kernels, until the function that is returned is called. */
  runBy(runner: KernelRunner): () => void {
    const before = this.runner;
    this.runner = runner;
    return () => {
      this.runner = before;
    };
  }

  /** The place of a tensor's values; 0 for one that is not given. */
  place(tensor: Pick<TensorInfo, 'dataId' | 'dtype'> | undefined): number {
    return tensor ? this.backend.place(tensor) : 0;
  }

  /** A float32 tensor for a kernel to fill. */
  output(shape: readonly number[]): TensorInfo {
    return this.backend.allocateOutput([...shape]);
  }

  /** The same values under another tensor, as an op returns an input. */
  share({ dataId, dtype, shape }: TensorInfo): TensorInfo {
    this.backend.incRef(dataId);
    return { dataId, dtype, shape };
  }

  /** A float32 tensor of the same values in a place of its own. */
  copy(tensor: TensorInfo): TensorInfo {
    const from = this.place(tensor);
    const copy = this.output(tensor.shape);
    const { f32 } = this.backend.allocator.heap;
    const start = from * REF_FLOATS;
    f32.copyWithin(this.place(copy) * REF_FLOATS, start, start + util.sizeFromShape(tensor.shape));
    return copy;
  }

  dispose({ dataId }: TensorInfo): void {
    this.backend.disposeData(dataId);
  }

  /** Calls `use` with the place of so many floats, which are free again behind it. */
  room<T>(floats: number, use: (place: number) => T): T {
    const { allocator } = this.backend;
    const block: Block = allocator.allocate(4 * floats);
    try {
      return use(block.ref);
    } finally {
      allocator.release(block);
    }
  }
}
