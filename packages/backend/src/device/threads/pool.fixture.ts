import { openBuildKernels, type Build } from '../../builds.fixture.js';
import type { Allocator } from '../heap/allocator.js';
import type { Heap } from '../heap/heap.js';
import { poolBytes } from './control.js';
import type { Kernels } from './kernels.js';
import { startPool, type Pool } from './pool.js';

/** A pool on a heap of its own. */
export interface PoolForTests {
  readonly pool: Pool;
  readonly heap: Heap;
  readonly allocator: Allocator;
  readonly kernels: Kernels;
  /** The pool's place. */
  readonly place: number;
}

/** Opens a pool on a heap of its own; the test closes it. */
export async function openPool(
  options: { threads?: number; build?: Build; patience?: number } = {},
): Promise<PoolForTests> {
  const { threads = 1, build = 'relaxed-threads', patience } = options;
  const { kernels, allocator } = await openBuildKernels(build);
  const { heap } = allocator;
  const place = allocator.allocate(poolBytes(threads)).ref;
  const pool = await startPool({ kernels, heap, place, threads, patience });
  heap.kernels = pool;
  return { pool, heap, allocator, kernels, place };
}
