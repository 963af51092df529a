import { Allocator } from '../heap/allocator.js';
import { poolBytes } from './control.js';
import type { Heap } from '../heap/heap.js';
import { wasmHeap } from '../../wasm/wasm-heap.js';
import { startPool, type Pool } from './pool.js';
import { loadKernelModule, type KernelBuild } from '../../wasm/kernel-module.js';
import { openKernels, type WasmKernels } from '../../wasm/kernels.js';

const PAGES = 65_535;

/** A pool on a heap of its own. */
export interface PoolForTests {
  readonly pool: Pool;
  readonly heap: Heap;
  readonly allocator: Allocator;
  readonly kernels: WasmKernels;
  /** The pool's place. */
  readonly place: number;
}

/** Opens a pool on a heap of its own; the test closes it. */
export async function openPool(
  options: { threads?: number; build?: KernelBuild; patience?: number } = {},
): Promise<PoolForTests> {
  const { threads = 1, build, patience } = options;
  const kernelModule = await loadKernelModule(build && [build]);
  const memory = new WebAssembly.Memory({ initial: 16, maximum: PAGES, shared: kernelModule.shared });
  const kernels = await openKernels(kernelModule, memory);
  const heap = wasmHeap(memory, PAGES);
  const allocator = new Allocator(heap, kernels.base);
  const place = allocator.allocate(poolBytes(threads)).ref;
  const pool = await startPool({ kernels, heap, place, threads, patience });
  return { pool, heap, allocator, kernels, place };
}
