import type { HeapMemory } from './device/heap/heap-memory.js';
import type { Precision } from './device/kernels/gemm.js';
import type { Peak } from './device/kernels/peak.js';
import type { ObserveJobs } from './profile/jobs.js';

/** How a backend is opened. */
export interface BackendOptions {
  /** Where a browser finds tfjs-backend-wasm's `.wasm` files: a URL that ends in a slash. Node finds them itself. */
  readonly wasmPath?: string;
  /** `cpu` and `wasm`: threads that compute, the calling one among them; one a core unless given. The bits do not depend on it. */
  readonly threads?: number;
  /**
   * `cpu`: `bf16` rounds the factors of the products of our ops to bfloat16 and sums them in float32, where the processor has
   * instructions for it; `auto` does so where it has, and is `f32` elsewhere. `f32` unless given.
   */
  readonly precision?: Precision | 'auto';
}

/** What one backend's folder tells of it. */
export interface OpenedBackend {
  /** tfjs's name, for `setBackend` and kernels. */
  readonly tfjsName: string;
  /** What computes, with its version: recorded in checkpoints, since bits depend on it. */
  readonly build: string;
  /** Threads that compute, where the backend has any of its own. */
  readonly threads?: number;
  /** What the factors of products are rounded to: `f32` unless given. */
  readonly precision?: Precision;
  /** What its heap holds, where the heap is ours. */
  readonly memory?: HeapMemory;
  /** Waits until all that was asked for is computed, where kernels run while JavaScript goes on. Values that are read are so without it. */
  readonly settle?: () => void;
  /** Measures bare loops on all threads for so many seconds, where the kernels are ours: what they are compared with. */
  readonly measurePeak?: (seconds: number) => Peak;
  /** Tells of every job of a kernel of ours, where there are any, until the function that is returned is called, which waits for them. */
  observeJobs?(observe: ObserveJobs): () => void;
}
