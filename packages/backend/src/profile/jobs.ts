import type { KernelRunner } from '../device/device.js';
import type { KernelName } from '../device/kernel-names.js';
import type { Pool } from '../device/threads/pool.js';
import type { Measured } from '../device/threads/shares.js';

/** A kernel of ours that was asked for: it runs then or later, behind those before. */
export interface KernelJob {
  readonly kernel: KernelName;
  readonly blocks: number;
  /** The kernel's integers and places, which tell how much there was to do. */
  readonly ints: readonly number[];
}

/** Is told of each job, and gives what is told, once that is known, when it ran. */
export type ObserveJobs = (job: KernelJob) => (measured: Measured) => void;

/** Runs kernels as the pool does, and tells of each job. */
export function observingRunner(pool: () => Pool, observe: ObserveJobs): KernelRunner {
  return {
    get threads() {
      return pool().threads;
    },
    run(kernel, ints, floats, blocks) {
      pool().run(kernel, ints, floats, blocks, observe({ kernel, blocks, ints }));
    },
  };
}
