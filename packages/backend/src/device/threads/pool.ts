import { SheepError } from '@sheep/core';
import workerSource from '#kernels/pool-worker';
import { controlWords, FAILURE_BYTES, poolLayout, WORDS } from './control.js';
import { REF_BYTES, type Heap } from '../heap/heap.js';
import { writeArguments } from './job-arguments.js';
import type { Kernels } from './kernels.js';
import type { KernelName } from '../kernel-names.js';
import { clearShares, readShares, type Measured } from './shares.js';
import { startThread, type Thread } from './thread.js';

/** What a pool runs on. */
export interface PoolOptions {
  readonly kernels: Kernels;
  readonly heap: Heap;
  /** `poolBytes(threads)` bytes of the heap, a multiple of 64 from its start: a `ref`. The pool's until it is closed. */
  readonly place: number;
  /** The calling thread is one of them. On memory that cannot be shared it is the only one. */
  readonly threads: number;
  /** Milliseconds without any block done after which a job counts as lost. */
  readonly patience?: number;
}

// What sheep_run and sheep_join answer; the third answer is that other threads are still at work.
const [DONE, FAILED] = [0, 1];

// About half a millisecond of looking for work: longer than most pauses between two kernels of a step.
const SERVE_SPINS = 25_000;
// About a millisecond. A thread that is not done by then has most likely lost its core to another process: give it this one.
const JOIN_SPINS = 50_000;
const NAP_MILLISECONDS = 0.1;
// A look at the clock that comes later than this shows that the whole process stood still, not how long a block takes.
const LONGEST_PAUSE = 100;

/**
 * Starts a pool, and waits until its workers are ready.
 *
 * @throws SheepError `bad-option` for a number of threads that is none, `unsupported` where a worker does not start.
 */
export async function startPool(options: PoolOptions): Promise<Pool> {
  const { kernels, threads, place } = options;
  checkThreads(threads);
  if (place % 4 !== 0) throw new Error(`a pool cannot lie at ${place}: its place has to be a multiple of 64 bytes`);
  const pool = new Pool(options, kernels.shared ? threads : 1);
  try {
    await pool.startWorkers();
  } catch (error) {
    await pool.close();
    throw error;
  }
  return pool;
}

/** Threads that run the blocks of kernels, the calling thread among them. An idle one does not keep the process alive. */
export class Pool {
  private readonly workers: Thread[] = [];
  private readonly layout;
  private readonly base: number;
  private readonly maySleep: boolean;
  private failure: string | undefined;

  constructor(
    private readonly options: PoolOptions,
    readonly threads: number,
  ) {
    const { heap, place } = options;
    this.layout = poolLayout(place);
    this.base = (place * REF_BYTES) / 4;
    heap.i32.fill(0, this.base, this.base + WORDS);
    clearShares(heap, this.layout.share, threads);
    this.maySleep = threads > 1 && maySleep(heap.i32, this.base);
  }

  /** Whether no thread failed. */
  get works(): boolean {
    return this.failure === undefined && this.word(controlWords.FAILED) === 0;
  }

  /**
   * Runs every block of a kernel and returns when all are done.
   *
   * @param ints the kernel's integers and places, in its order.
   * @param floats its numbers, which come behind them.
   * @throws SheepError `unsupported` when a thread failed, now or before: what the kernel wrote is then undefined, and the
   * pool of no use any more; `bad-input` for too many parameters.
   */
  run(kernel: KernelName, ints: readonly number[], floats: readonly number[], blocks: number): void {
    const { kernels, heap, place } = this.options;
    const { args, scratch } = this.layout;
    if (!this.works) throw this.broken(kernel);
    writeArguments(heap, args, ints, floats);
    try {
      const state = kernels.run(place, kernels.numbers[kernel], args, blocks, scratch(0), JOIN_SPINS);
      if (state !== DONE) this.join();
    } catch (error) {
      this.failure ??= String(error);
    }
    if (this.failure !== undefined) throw this.broken(kernel);
  }

  /** As `run`, and tells when that was and what each thread did of it. */
  measure(kernel: KernelName, ints: readonly number[], floats: readonly number[], blocks: number): Measured {
    const { heap, kernels } = this.options;
    const measured = this.base + controlWords.MEASURED;
    heap.i32[measured] = 1;
    const start = performance.now();
    try {
      this.run(kernel, ints, floats, blocks);
    } finally {
      heap.i32[measured] = 0;
    }
    const end = performance.now();
    const { share } = this.layout;
    // A job of one block never leaves the calling thread.
    if (blocks < 2) return { start, end, shares: [{ thread: 0, start, end, blocks }] };
    return { start, end, shares: readShares(heap, share, this.threads, this.word(controlWords.JOB), kernels.ahead) };
  }

  /** Ends the workers. When the promise resolves, the pool's memory may be used for other things. */
  async close(): Promise<void> {
    this.failure ??= 'a pool that was closed';
    await Promise.all(this.workers.splice(0).map((worker) => worker.stop()));
  }

  /** @throws SheepError `unsupported` where one does not start. */
  async startWorkers(): Promise<void> {
    await Promise.all(Array.from({ length: this.threads - 1 }, (_, index) => this.startWorker(index + 1)));
    for (const worker of this.workers) worker.release();
  }

  private startWorker(thread: number): Promise<void> {
    const { kernels, place } = this.options;
    const { failureText, scratch, stackTop } = this.layout;
    return new Promise((resolve, reject) => {
      const ended = (reason: string): void => {
        this.failure ??= `a thread that ended: ${reason}`;
        reject(this.broken());
      };
      const worker = startThread(workerSource, { ready: resolve, ended });
      this.workers.push(worker);
      const part = { place, scratch: scratch(thread), stackTop: stackTop(thread), failureText };
      const clockOrigin = performance.timeOrigin;
      const common = { spins: SERVE_SPINS, words: controlWords, failureBytes: FAILURE_BYTES, clockOrigin };
      worker.post({ ...kernels.forWorkers, ...common, ...part });
    });
  }

  /** Waits for the blocks that other threads are still at work on. */
  private join(): void {
    const { kernels, heap, place, patience = 10_000 } = this.options;
    let [finished, idle, before] = [-1, 0, performance.now()];
    while (idle <= patience) {
      const seen = this.word(controlWords.FINISHED);
      if (this.maySleep) Atomics.wait(heap.i32, this.base + controlWords.FINISHED, seen, NAP_MILLISECONDS);
      const state = kernels.join(place, JOIN_SPINS);
      if (state === DONE) return;
      if (state === FAILED) throw new Error(this.workerFailure());
      const now = performance.now();
      idle = seen === finished ? idle + Math.min(now - before, LONGEST_PAUSE) : 0;
      [finished, before] = [seen, now];
    }
    throw new Error(`a block that was not done after ${patience} ms, its thread most likely gone`);
  }

  private word(index: number): number {
    return Atomics.load(this.options.heap.i32, this.base + index);
  }

  /** What the worker that failed wrote. */
  private workerFailure(): string {
    const { failureText } = this.layout;
    const text = new Uint8Array(this.options.heap.buffer, failureText, this.word(controlWords.FAILURE_LENGTH));
    return new TextDecoder().decode(text.slice());
  }

  private broken(kernel?: KernelName): SheepError {
    return new SheepError('unsupported', {
      doing: kernel === undefined ? 'starting the threads' : `running the kernel ${kernel}`,
      expected: 'every thread to do its part',
      received: this.word(controlWords.FAILED) === 0 ? this.failure! : this.workerFailure(),
      remedy: 'open the backend again, with one thread if this repeats',
    });
  }
}

/** Whether this thread may wait: the main thread of a page may not. */
function maySleep(words: Int32Array, index: number): boolean {
  try {
    Atomics.wait(words, index, 0, 0);
    return true;
  } catch {
    return false;
  }
}

/** @throws SheepError `bad-option` for a number of threads that is none. */
export function checkThreads(threads: number): void {
  if (Number.isSafeInteger(threads) && threads >= 1) return;
  throw new SheepError('bad-option', {
    doing: 'starting the threads',
    expected: 'a whole number of threads, 1 or more',
    received: String(threads),
    remedy: 'leave it out to use every core',
  });
}
