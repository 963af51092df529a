import { getKernelsForBackend, type KernelConfig, type KernelFunc } from '@tensorflow/tfjs-core';
import type { KernelJob } from './jobs.js';
import { workOf, type Work } from '../device/kernels/work.js';
import type { Measured } from '../device/threads/shares.js';

/** One call of an op: of what TensorFlow.js calls a kernel, as `MatMul` or `SheepMlpBlock`. */
export interface OpCall {
  readonly name: string;
  /** The op that called it, by its place in the list of ops; -1 where none did. */
  readonly parent: number;
  /** Milliseconds of `performance.now()`, as `end`. */
  readonly start: number;
  readonly end: number;
}

/** A job of a kernel, when it ran, its work, and the op that asked for it by its place in the list of ops; -1 where none did. */
export interface OpJob extends Omit<KernelJob, 'ints'>, Measured {
  readonly op: number;
  readonly work: Work | undefined;
}

interface NotedJob {
  readonly job: KernelJob;
  readonly op: number;
  measured?: Measured;
}

/** Keeps what ops and kernels do, in the order in which they start. While it does, it only notes: it is part of what is timed. */
export class Recorder {
  readonly ops: { -readonly [Key in keyof OpCall]: OpCall[Key] }[] = [];
  private readonly noted: NotedJob[] = [];
  private current = -1;

  /** A job that is asked for. Returns what is to be told when it ran. */
  add(job: KernelJob): (measured: Measured) => void {
    const noted: NotedJob = { job, op: this.current };
    this.noted.push(noted);
    return (measured) => {
      noted.measured = measured;
    };
  }

  /** The jobs with their work, when all are done. */
  jobs(): OpJob[] {
    let before = -Infinity;
    return this.noted.map(({ job: { kernel, blocks, ints }, op, measured }) => {
      const { start, end, shares } = measured!;
      // One begins where the one before has ended, but by the clocks of two threads, which may differ by microseconds.
      const from = Math.max(start, before);
      before = Math.max(end, from);
      return { kernel, blocks, start: from, end: before, shares, op, work: workOf(kernel, ints, blocks) };
    });
  }

  /** Runs a kernel of TensorFlow.js. */
  during(name: string, kernel: KernelFunc, call: Parameters<KernelFunc>[0]): ReturnType<KernelFunc> {
    const op = { name, parent: this.current, start: performance.now(), end: NaN };
    this.current = this.ops.push(op) - 1;
    try {
      return kernel(call);
    } finally {
      op.end = performance.now();
      this.current = op.parent;
    }
  }
}

let recording: Recorder | undefined;
// One for each kernel, so that a profile of every step does not make the engine compile its calls anew.
const observing = new WeakMap<KernelFunc, KernelFunc>();

function observed({ kernelName, kernelFunc }: KernelConfig): KernelFunc {
  const known = observing.get(kernelFunc);
  if (known) return known;
  const made: KernelFunc = (call) => (recording ? recording.during(kernelName, kernelFunc, call) : kernelFunc(call));
  observing.set(kernelFunc, made);
  return made;
}

/** Tells a recorder of every op of a backend, until the function that is returned is called. */
export function observeOps(backendName: string, recorder: Recorder): () => void {
  recording = recorder;
  const kernels = getKernelsForBackend(backendName).map((config) => ({ config, kernelFunc: config.kernelFunc }));
  for (const { config } of kernels) config.kernelFunc = observed(config);
  return () => {
    recording = undefined;
    for (const { config, kernelFunc } of kernels) config.kernelFunc = kernelFunc;
  };
}
