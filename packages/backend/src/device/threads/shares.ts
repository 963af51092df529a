import { RING } from './control.js';
import type { HeapViews } from '../heap/heap.js';

/** What one thread did of a job. Times are milliseconds as the calling thread's `performance.now()` tells them. */
export interface Share {
  /** 0 is the calling thread. */
  readonly thread: number;
  /** When its first block of the job began, and its last ended. */
  readonly start: number;
  readonly end: number;
  readonly blocks: number;
}

/** When a job ran, from the start of its first block to the end of its last, and who did it. */
export interface Measured {
  readonly start: number;
  readonly end: number;
  readonly shares: readonly Share[];
}

// kernels/pool.c: double start, end; int32_t job, blocks.
const WORDS = 6;
const [JOB, BLOCKS] = [4, 5];

type ShareAt = (thread: number, job: number) => number;

/** Makes the threads' shares those of no job. `at` gives the bytes where one starts. */
export function clearShares({ i32 }: HeapViews, at: ShareAt, threads: number): void {
  for (let thread = 0; thread < threads; thread += 1) {
    const word = at(thread, 0) / 4;
    i32.fill(0, word, word + RING * WORDS);
  }
}

/** What was noted of a job that is done. `ahead` is added to the times. */
export function readShares(
  { i32, f64 }: HeapViews,
  at: ShareAt,
  threads: number,
  job: number,
  ahead: number,
): Measured {
  const shares: Share[] = [];
  for (let thread = 0; thread < threads; thread += 1) {
    const byte = at(thread, job);
    if (i32[byte / 4 + JOB] !== (job | 0)) continue;
    const [start, end] = [f64[byte / 8] + ahead, f64[byte / 8 + 1] + ahead];
    shares.push({ thread, start, end, blocks: i32[byte / 4 + BLOCKS] });
  }
  return {
    start: Math.min(...shares.map(({ start }) => start)),
    end: Math.max(...shares.map(({ end }) => end)),
    shares,
  };
}
