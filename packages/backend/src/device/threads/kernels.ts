import type { KernelName } from '../kernel-names.js';

/** The kernels on a heap, as the calling thread runs them, however they were compiled: kernels/pool.c. Places are `ref`s. */
export interface Kernels {
  /** Whether other threads can work on the heap as well. */
  readonly shared: boolean;
  readonly numbers: Readonly<Record<KernelName, number>>;
  /** Milliseconds that `performance.now()` is ahead of the clock that threads note their shares with. */
  readonly ahead: number;
  /** `sheep_run`: every block of a job, then a wait of so many spins for the other threads. Answers how far it is. */
  run(place: number, kernel: number, args: number, blocks: number, scratch: number, spins: number): number;
  /** `sheep_join`: a wait for the blocks that other threads are at. */
  join(place: number, spins: number): number;
  /** What pool-worker.js opens them with in a thread of its own. */
  readonly forWorkers: object;
}
