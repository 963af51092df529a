import { getKernelsForBackend, type KernelConfig, type KernelFunc } from '@tensorflow/tfjs-core';
import type { KernelJob } from './profile-jobs.js';

/** One call of an op: of what TensorFlow.js calls a kernel, as `MatMul` or `SheepNormLinear`. */
export interface OpCall {
  readonly name: string;
  /** The op that called it, by its place in the list of ops; -1 where none did. */
  readonly parent: number;
  /** Milliseconds of `performance.now()`, as `end`. */
  readonly start: number;
  readonly end: number;
}

/** A job of a kernel, and the op that ran it by its place in the list of ops; -1 where none did. */
export interface OpJob extends KernelJob {
  readonly op: number;
}

/** Keeps what ops and kernels do, in the order in which they start. */
export class Recorder {
  readonly ops: { -readonly [Key in keyof OpCall]: OpCall[Key] }[] = [];
  readonly jobs: OpJob[] = [];
  private current = -1;

  /** A job that just ended. */
  add(job: KernelJob): void {
    this.jobs.push({ ...job, op: this.current });
  }

  /** Runs an op. */
  during<T>(name: string, run: () => T): T {
    const op = { name, parent: this.current, start: performance.now(), end: NaN };
    this.current = this.ops.push(op) - 1;
    try {
      return run();
    } finally {
      op.end = performance.now();
      this.current = op.parent;
    }
  }
}

function observed({ kernelName, kernelFunc }: KernelConfig, recorder: Recorder): KernelFunc {
  return (call) => recorder.during(kernelName, () => kernelFunc(call));
}

/** Tells a recorder of every op of a backend, until the function that is returned is called. */
export function observeOps(backendName: string, recorder: Recorder): () => void {
  const kernels = getKernelsForBackend(backendName).map((config) => ({ config, kernelFunc: config.kernelFunc }));
  for (const { config } of kernels) config.kernelFunc = observed({ ...config }, recorder);
  return () => {
    for (const { config, kernelFunc } of kernels) config.kernelFunc = kernelFunc;
  };
}
