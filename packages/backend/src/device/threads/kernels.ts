import type { KernelName } from '../kernel-names.js';

/** The kernels on a heap, as the calling thread runs them, however they were compiled: kernels/pool.c. Places are `ref`s. */
export interface Kernels {
  /** Whether other threads can work on the heap as well. */
  readonly shared: boolean;
  readonly numbers: Readonly<Record<KernelName, number>>;
  /** Milliseconds that `performance.now()` is ahead of the clock that threads note their shares with. */
  readonly ahead: number;
  /** `sheep_post`: the next job, whose parameters stand in the ring. `measured` is 1 where threads note their shares of it. */
  post(place: number, kernel: number, blocks: number, measured: number): void;
  /** `sheep_join`: takes part until the job of that number is done, or nothing was to be done for so many spins. Answers how far it is. */
  join(place: number, number: number, scratch: number, spins: number): number;
  /** What pool-worker.js opens them with in a thread of its own. */
  readonly forWorkers: object;
}
