import type { KernelRunner } from '../device/device.js';
import type { KernelName } from '../device/kernel-names.js';
import type { Pool } from '../device/threads/pool.js';
import type { Share } from '../device/threads/shares.js';

/** One run of a kernel of ours. Times are milliseconds of `performance.now()`, on the calling thread. */
export interface KernelJob {
  readonly kernel: KernelName;
  readonly start: number;
  readonly end: number;
  readonly blocks: number;
  /** The kernel's integers and places, which tell how much there was to do. */
  readonly ints: readonly number[];
  /** What each thread that took part did of it. */
  readonly shares: readonly Share[];
}

/** Runs kernels as the pool does, and tells of each job. */
export function observingRunner(pool: () => Pool, observe: (job: KernelJob) => void): KernelRunner {
  return {
    run(kernel, ints, floats, blocks) {
      const { start, end, shares } = pool().measure(kernel, ints, floats, blocks);
      observe({ kernel, start, end, blocks, ints, shares });
    },
  };
}
