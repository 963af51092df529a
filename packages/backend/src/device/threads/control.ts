import { REF_BYTES } from '../heap/heap.js';

// Where kernels/pool.c keeps the words of its control block, counted in 32 bits from the block's start.
const LEFT = 0;
const JOB = 1;
const MEASURED = 5;
const FINISHED = 16;
const SLEEPERS = 32;
const FAILED = 33;
const FAILURE_LENGTH = 34;

/** Words of the control block. */
export const WORDS = 48;

/** Words of the control block that JavaScript uses, by index. */
export const controlWords = { LEFT, JOB, MEASURED, FINISHED, SLEEPERS, FAILED, FAILURE_LENGTH } as const;

/** Bytes for the text of a worker's failure, behind the words. */
export const FAILURE_BYTES = 320;

/** Numbers that the parameters of a job may be. */
export const ARGUMENT_WORDS = 128;

const ARGUMENTS_AT = WORDS * 4 + FAILURE_BYTES;
const THREADS_AT = ARGUMENTS_AT + ARGUMENT_WORDS * 4;
const SHARE_BYTES = 64;
const SCRATCH_BYTES = 2 ** 20;

/** Floats that a block may keep in the scratch of its thread. */
export const SCRATCH_FLOATS = SCRATCH_BYTES / 4;
const STACK_BYTES = 2 ** 16;
const THREAD_BYTES = SHARE_BYTES + SCRATCH_BYTES + STACK_BYTES;

/** Bytes of heap that a pool of so many threads needs: control block, parameters, and a share, scratch and stack a thread. */
export function poolBytes(threads: number): number {
  return THREADS_AT + threads * THREAD_BYTES;
}

/** The parts of a pool's memory that starts at a place; places are `ref`s. */
export function poolLayout(place: number): {
  readonly failureText: number;
  readonly args: number;
  /** Where a thread notes its share of a measured job. */
  readonly share: (thread: number) => number;
  readonly scratch: (thread: number) => number;
  /** Where a thread's stack starts, in bytes: it grows down. */
  readonly stackTop: (thread: number) => number;
} {
  const start = place * REF_BYTES;
  const after = (thread: number): number => start + THREADS_AT + thread * THREAD_BYTES;
  return {
    failureText: start + WORDS * 4,
    args: (start + ARGUMENTS_AT) / REF_BYTES,
    share: (thread) => after(thread) / REF_BYTES,
    scratch: (thread) => (after(thread) + SHARE_BYTES) / REF_BYTES,
    stackTop: (thread) => after(thread + 1),
  };
}
