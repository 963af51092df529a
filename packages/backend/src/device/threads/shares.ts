import { REF_BYTES, type HeapViews } from '../heap/heap.js';

/** What one thread did of a job. Times are milliseconds as the calling thread's `performance.now()` tells them. */
export interface Share {
  /** 0 is the calling thread. */
  readonly thread: number;
  /** When its first block of the job began, and its last ended. */
  readonly start: number;
  readonly end: number;
  readonly blocks: number;
}

/** When a job ran, as the calling thread saw it, and who did it. */
export interface Measured {
  readonly start: number;
  readonly end: number;
  readonly shares: readonly Share[];
}

// kernels/pool.c: double start, end; int32_t job, blocks.
const WORDS = 6;
const [JOB, BLOCKS] = [4, 5];

/** Makes the threads' shares those of no job. `place` gives a thread's share, a `ref`. */
export function clearShares({ i32 }: HeapViews, place: (thread: number) => number, threads: number): void {
  for (let thread = 0; thread < threads; thread += 1) {
    const word = (place(thread) * REF_BYTES) / 4;
    i32.fill(0, word, word + WORDS);
  }
}

/** The shares of a job that is done, of the threads that took part. `ahead` is added to the times they noted. */
export function readShares(
  { i32, f64 }: HeapViews,
  place: (thread: number) => number,
  threads: number,
  job: number,
  ahead: number,
): Share[] {
  const shares: Share[] = [];
  for (let thread = 0; thread < threads; thread += 1) {
    const byte = place(thread) * REF_BYTES;
    if (i32[byte / 4 + JOB] !== (job | 0)) continue;
    const [start, end] = [f64[byte / 8] + ahead, f64[byte / 8 + 1] + ahead];
    shares.push({ thread, start, end, blocks: i32[byte / 4 + BLOCKS] });
  }
  return shares;
}
