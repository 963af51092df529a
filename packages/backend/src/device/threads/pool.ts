import { SheepError } from '@sheep/core';
import workerSource from '#kernels/pool-worker';
import { controlWords, FAILURE_BYTES, poolLayout, RING, WORDS } from './control.js';
import { put, REF_BYTES, type Heap, type KernelsUnderWay, type Words } from '../heap/heap.js';
import { writeArguments } from './job-arguments.js';
import type { Kernels } from './kernels.js';
import type { KernelName } from '../kernel-names.js';
import { clearShares, readShares, type Measured } from './shares.js';
import { MOST_STAGED, Stage } from './stage.js';
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

// What sheep_join answers.
const [DONE, FAILED, , WAKE] = [0, 1, 2, 3];

// About half a millisecond of looking for work: longer than most pauses between two kernels of a step.
const SERVE_SPINS = 25_000;
// Less than half a millisecond. A thread that is not done by then has most likely lost its core to another process: give it
// this one. Natively the core is offered all along; only here the system moves the thread over from another one.
const JOIN_SPINS = 20_000;
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

/** Whether one number of a job comes at or behind another; they are 32 bits and start anew. */
const reached = (job: number, other: number): boolean => ((job - other) | 0) >= 0;

/**
 * Threads that run the blocks of kernels, the calling thread among them. An idle one does not keep the process alive.
 *
 * Kernels run one after the other, in the order in which they were asked for; where there are several threads, the others
 * begin while the calling one goes on, which takes part when it has to wait.
 */
export class Pool implements KernelsUnderWay {
  private readonly workers: Thread[] = [];
  private readonly layout;
  private readonly stage: Stage;
  private readonly base: number;
  private readonly maySleep: boolean;
  private failure: string | undefined;
  private readonly told = new Map<number, (measured: Measured) => void>();
  /** Numbers of the last job that was posted, and of the last of which is known that it is done. */
  private posted = 0;
  private done = 0;

  constructor(
    private readonly options: PoolOptions,
    readonly threads: number,
  ) {
    const { heap, place } = options;
    this.layout = poolLayout(place);
    this.stage = new Stage(this.layout.stage);
    this.base = (place * REF_BYTES) / 4;
    heap.views.i32.fill(0, this.base, this.base + WORDS);
    clearShares(heap.views, this.layout.share, threads);
    this.maySleep = threads > 1 && maySleep(heap.views.i32, this.base);
  }

  /** Whether no thread failed. */
  get works(): boolean {
    return this.failure === undefined && this.word(controlWords.FAILED) === 0;
  }

  /**
   * Runs every block of a kernel, sooner or later: `settle` waits for it.
   *
   * @param ints the kernel's integers and places, in its order.
   * @param floats its numbers, which come behind them.
   * @param tell is told, once that is known, when it ran and what each thread did of it.
   * @throws SheepError `unsupported` when a thread failed, now or before: what the kernels wrote that were not done is then
   * undefined, and the pool of no use any more; `bad-input` for too many parameters.
   */
  run(
    kernel: KernelName,
    ints: readonly number[],
    floats: readonly number[],
    blocks: number,
    tell?: (measured: Measured) => void,
  ): void {
    const { kernels, heap, place } = this.options;
    const number = this.next;
    if (!this.works) throw this.broken();
    this.join((number - RING) >>> 0);
    writeArguments(heap.views, this.layout.args(number), ints, floats);
    kernels.post(place, kernels.numbers[kernel], blocks, tell ? 1 : 0);
    this.posted = number;
    if (tell) this.told.set(number, tell);
    if (blocks > 1) this.wake();
    if (this.threads === 1) this.settle();
  }

  /**
   * Returns when all kernels are done.
   *
   * @throws SheepError as `run` does.
   */
  settle(): void {
    if (this.posted !== this.done) this.join(this.posted);
  }

  /**
   * Puts values at a place as if the kernels before were done.
   *
   * @throws SheepError as `run` does.
   */
  write(place: number, values: Words): void {
    const { views } = this.options.heap;
    const count = values.length;
    if (this.idle || count > MOST_STAGED) {
      this.settle();
      put(views, place, values);
      return;
    }
    const staged = (this.stage.take(count, this.next, (job) => this.join(job)) * 4) / REF_BYTES;
    put(views, staged, values);
    this.run('copy_words', [staged, place, 0, 0, count, count, 1, 1, 0], [], 1);
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
        reject(this.broken('starting the threads'));
      };
      const worker = startThread(workerSource, { ready: resolve, ended });
      this.workers.push(worker);
      const part = { place, scratch: scratch(thread), stackTop: stackTop(thread), failureText };
      const clockOrigin = performance.timeOrigin;
      const common = { spins: SERVE_SPINS, words: controlWords, failureBytes: FAILURE_BYTES, clockOrigin };
      worker.post({ ...kernels.forWorkers, ...common, ...part });
    });
  }

  /** The number of the next job. */
  private get next(): number {
    return (this.posted + 1) >>> 0;
  }

  private get idle(): boolean {
    return this.posted === this.done || this.posted === this.word(controlWords.DONE) >>> 0;
  }

  /** Those who sleep look for a block, and sleep again unless there is one soon. */
  private wake(): void {
    if (this.word(controlWords.SLEEPERS) > 0) Atomics.notify(this.options.heap.views.i32, this.base + controlWords.JOB);
  }

  /** Takes part until a job is done. */
  private join(number: number): void {
    if (reached(this.done, number)) return;
    if (!this.works) throw this.broken();
    try {
      this.takePart(number);
    } catch (error) {
      this.failure ??= String(error);
      throw this.broken();
    }
    this.done = this.word(controlWords.DONE) >>> 0;
    if (this.told.size > 0) this.tellOfJobs();
  }

  /** Of those that are done, before others take their places in the ring. */
  private tellOfJobs(): void {
    const { heap, kernels } = this.options;
    for (const [job, tell] of this.told) {
      if (!reached(this.done, job)) return;
      this.told.delete(job);
      tell(readShares(heap.views, this.layout.share, this.threads, job, kernels.ahead));
    }
  }

  private takePart(number: number): void {
    const { kernels, heap, place, patience = 10_000 } = this.options;
    let [finished, done, idle, before] = [-1, -1, 0, performance.now()];
    while (idle <= patience) {
      const state = kernels.join(place, number, this.layout.scratch(0), JOIN_SPINS);
      if (state === DONE) return;
      if (state === FAILED) throw new Error(this.workerFailure());
      if (state === WAKE) {
        this.wake();
        continue;
      }
      const seen = [this.word(controlWords.FINISHED), this.word(controlWords.DONE)];
      const now = performance.now();
      idle = seen[0] === finished && seen[1] === done ? idle + Math.min(now - before, LONGEST_PAUSE) : 0;
      [finished, done, before] = [...seen, now];
      if (this.maySleep) Atomics.wait(heap.views.i32, this.base + controlWords.FINISHED, finished, NAP_MILLISECONDS);
    }
    throw new Error(`a block that was not done after ${patience} ms, its thread most likely gone`);
  }

  private word(index: number): number {
    return Atomics.load(this.options.heap.views.i32, this.base + index);
  }

  /** What the worker that failed wrote. */
  private workerFailure(): string {
    const { failureText } = this.layout;
    const { buffer } = this.options.heap.views.i32;
    const text = new Uint8Array(buffer, failureText, this.word(controlWords.FAILURE_LENGTH));
    return new TextDecoder().decode(text.slice());
  }

  private broken(doing = this.underWay()): SheepError {
    return new SheepError('unsupported', {
      doing,
      expected: 'every thread to do its part',
      received: this.word(controlWords.FAILED) === 0 ? this.failure! : this.workerFailure(),
      remedy: 'open the backend again, with one thread if this repeats',
    });
  }

  private underWay(): string {
    const { kernels, heap } = this.options;
    const done = this.word(controlWords.DONE) >>> 0;
    const kernel = heap.views.i32[this.layout.kernel(done + 1)];
    const [name] = Object.entries(kernels.numbers).find(([, number]) => number === kernel)!;
    return done === this.posted ? 'running kernels' : `running the kernel ${name}`;
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
