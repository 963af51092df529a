import type { ParamTree, StopReason, TrainState } from '@sheep/core';
import type { TrainOptions } from './options.js';
import { START } from './progress.js';
import { createStepLog, type StepLog } from './step-log.js';
import { stopwatch } from './stopwatch.js';

/** The two trees that training changes in place. */
export interface Trees {
  readonly params: ParamTree;
  readonly optimizerState: ParamTree;
}

/** A run under way. */
export interface Session extends Trees {
  readonly options: TrainOptions;
  /** Why someone asked the run to stop; undefined while nobody did. */
  readonly requested: () => StopReason | undefined;
  readonly log: StepLog;
  /** Seconds of training, those before a pause included. */
  readonly elapsed: () => number;
  /** Replaced by each stage; its `elapsed` is of the start, and set where the state is saved. */
  state: TrainState;
}

/** Begins a run, or goes on with one; its clocks run from here. */
export function openSession(options: TrainOptions, trees: Trees, requested: Session['requested']): Session {
  const state = options.from?.state ?? START;
  return { ...trees, options, requested, state, log: createStepLog(), elapsed: stopwatch(state.elapsed) };
}
