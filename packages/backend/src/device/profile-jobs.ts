import type { KernelRunner } from './device.js';
import type { KernelName } from './kernel-names.js';
import type { Pool } from './pool.js';
import type { Share } from './shares.js';
import { workOf, type Work } from './work.js';

/** One run of a kernel of ours. Times are milliseconds of `performance.now()`, on the calling thread. */
export interface KernelJob {
  readonly kernel: KernelName;
  readonly start: number;
  readonly end: number;
  readonly blocks: number;
  readonly work: Work | undefined;
  /** What each thread that took part did of it. */
  readonly shares: readonly Share[];
}

/** Runs kernels as the pool does, and tells of each job. */
export function observingRunner(pool: () => Pool, observe: (job: KernelJob) => void): KernelRunner {
  return {
    run(kernel, ints, floats, blocks) {
      const times = pool().measure(kernel, ints, floats, blocks);
      observe({ kernel, blocks, ...times, work: workOf(kernel, ints, blocks) });
    },
  };
}
