import { getKernelsForBackend, type KernelConfig, type KernelFunc } from '@tensorflow/tfjs-core';
import type { KernelJob } from './jobs.js';
import { workOf, type Work } from '../device/kernels/work.js';

/** One call of an op: of what TensorFlow.js calls a kernel, as `MatMul` or `SheepMlpBlock`. */
export interface OpCall {
  readonly name: string;
  /** The op that called it, by its place in the list of ops; -1 where none did. */
  readonly parent: number;
  /** Milliseconds of `performance.now()`, as `end`. */
  readonly start: number;
  readonly end: number;
}

/** A job of a kernel, its work, and the op that ran it by its place in the list of ops; -1 where none did. */
export interface OpJob extends Omit<KernelJob, 'ints'> {
  readonly op: number;
  readonly work: Work | undefined;
}

/** Keeps what ops and kernels do, in the order in which they start. While it does, it only notes: it is part of what is timed. */
export class Recorder {
  readonly ops: { -readonly [Key in keyof OpCall]: OpCall[Key] }[] = [];
  private readonly noted: { readonly job: KernelJob; readonly op: number }[] = [];
  private current = -1;

  /** A job that just ended. */
  add(job: KernelJob): void {
    this.noted.push({ job, op: this.current });
  }

  /** The jobs with their work. */
  jobs(): OpJob[] {
    return this.noted.map(({ job: { ints, ...job }, op }) => ({
      ...job,
      op,
      work: workOf(job.kernel, ints, job.blocks),
    }));
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
