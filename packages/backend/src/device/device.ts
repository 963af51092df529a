import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Block } from './heap/allocator-blocks.js';
import type { HeapBackend } from './tensors/heap-backend.js';
import type { KernelName } from './kernel-names.js';
import type { Precision } from './kernels/gemm.js';

/** What runs kernels on the heap: a pool of threads. */
export interface KernelRunner {
  /** Threads that share the blocks of a kernel: how finely work is cut depends on them, what comes out does not. */
  readonly threads: number;
  /** Runs all blocks of a kernel, behind those of the kernels before: maybe later, while JavaScript goes on. */
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

  get threads(): number {
    return this.runner.threads;
  }

  run(kernel: KernelName, ints: readonly number[], floats: readonly number[], blocks: number): void {
    if (blocks > 0) this.runner.run(kernel, ints, floats, blocks);
  }

  /** Returns when all kernels are done. Values that JavaScript takes from the heap are so without it. */
  settle(): void {
    this.backend.allocator.heap.settle();
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
