import { SheepError } from '@sheep/core';
import { observeOps, Recorder, type OpCall, type OpJob } from './recorder.js';
import type { BackendInUse } from '../use-backend.js';

/** What a backend did between two moments, in the order in which it began. Times are milliseconds of `performance.now()`. */
export interface Profile {
  /** What was done, as in `step 6`. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Threads that computed, the calling one among them. */
  readonly threads: number;
  readonly ops: readonly OpCall[];
  /** Jobs of our own kernels; none where the backend has none. */
  readonly jobs: readonly OpJob[];
}

let underWay = false;

/**
 * Begins to record what a backend does; a backend that nothing records pays nothing. One recording at a time.
 *
 * @param name what is about to be done, as in `step 6`.
 * @returns waits for the kernels that were asked for, ends the recording and gives what was recorded.
 * @throws SheepError `unsupported` where another recording is under way.
 */
export function startProfile(backend: BackendInUse, name = 'step'): () => Profile {
  if (underWay) throw alreadyUnderWay(name);
  underWay = true;
  const { tfjsName, threads = 1 } = backend;
  const recorder = new Recorder();
  const endJobs = backend.observeJobs?.((job) => recorder.add(job));
  const endOps = observeOps(tfjsName, recorder);
  const start = performance.now();
  return () => {
    underWay = false;
    endOps();
    endJobs?.();
    const end = performance.now();
    return { name, start, end, threads, ops: recorder.ops, jobs: recorder.jobs() };
  };
}

function alreadyUnderWay(name: string): SheepError {
  return new SheepError('unsupported', {
    doing: `starting the profile '${name}'`,
    expected: 'one profile at a time',
    received: 'one that was started and not ended',
    remedy: 'call what its startProfile returned first',
  });
}
