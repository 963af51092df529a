import { REF_BYTES } from '../heap/heap.js';
import { STAGE_WORDS } from './stage.js';

// Where kernels/pool.c keeps the words of its control block, counted in 32 bits from the block's start.
const JOB = 1;
const FINISHED = 16;
const DONE = 17;
const POSTED = 32;
const SLEEPERS = 48;
const FAILED = 49;
const FAILURE_LENGTH = 50;

/** Words of the control block. */
export const WORDS = 64;

/** Words of the control block that JavaScript uses, by index. */
export const controlWords = { JOB, FINISHED, DONE, POSTED, SLEEPERS, FAILED, FAILURE_LENGTH } as const;

/** Bytes for the text of a worker's failure, behind the words. */
export const FAILURE_BYTES = 256;

/** Numbers that the parameters of a job may be. */
export const ARGUMENT_WORDS = 128;

/** Jobs that may be posted before the first of them is done. */
export const RING = 64;

const RING_AT = WORDS * 4 + FAILURE_BYTES;
const ARGUMENTS_IN_JOB = 16;
const JOB_BYTES = 576;
const STAGE_AT = RING_AT + RING * JOB_BYTES;
const THREADS_AT = STAGE_AT + STAGE_WORDS * 4;
const SHARE_BYTES = 24;
const SCRATCH_BYTES = 2 ** 20;

/** Floats that a block may keep in the scratch of its thread. */
export const SCRATCH_FLOATS = SCRATCH_BYTES / 4;
const STACK_BYTES = 2 ** 16;
const SHARES_BYTES = RING * SHARE_BYTES;
const THREAD_BYTES = SHARES_BYTES + SCRATCH_BYTES + STACK_BYTES;

/** Bytes of heap that a pool of so many threads needs: control block, ring of jobs, stage, and shares, scratch and stack a thread. */
export function poolBytes(threads: number): number {
  return THREADS_AT + threads * THREAD_BYTES;
}

/** The parts of a pool's memory that starts at a place; places are `ref`s. */
export function poolLayout(place: number): {
  readonly failureText: number;
  /** Where the kernel of a job stands, in words. */
  readonly kernel: (job: number) => number;
  /** Where the parameters of a job start, in words. */
  readonly args: (job: number) => number;
  /** Where the stage starts, in words. */
  readonly stage: number;
  /** Where a thread notes its share of a measured job, in bytes. */
  readonly share: (thread: number, job: number) => number;
  readonly scratch: (thread: number) => number;
  /** Where a thread's stack starts, in bytes: it grows down. */
  readonly stackTop: (thread: number) => number;
} {
  const start = place * REF_BYTES;
  const jobAt = (job: number): number => start + RING_AT + (job % RING) * JOB_BYTES;
  const after = (thread: number): number => start + THREADS_AT + thread * THREAD_BYTES;
  return {
    failureText: start + WORDS * 4,
    kernel: (job) => jobAt(job) / 4,
    args: (job) => (jobAt(job) + ARGUMENTS_IN_JOB) / 4,
    stage: (start + STAGE_AT) / 4,
    share: (thread, job) => after(thread) + (job % RING) * SHARE_BYTES,
    scratch: (thread) => (after(thread) + SHARES_BYTES) / REF_BYTES,
    stackTop: (thread) => after(thread + 1),
  };
}
