import type { ParamTree, StopReason, TrainedTrees, TrainState } from '@sheep/core';
import type { TrainOptions } from './options.js';
import { START } from './progress.js';
import { createStepLog, type StepLog } from './step-log.js';
import { stopwatch } from './stopwatch.js';
import { checkRuleStates } from './watch.js';

/** Why a run ended. */
export interface Ending {
  readonly reason: StopReason;
  /** One sentence for people. */
  readonly message: string;
}

/** What a run trains, and what it shows of that. */
export interface Trees extends TrainedTrees {
  /** What is evaluated, sampled and published; made of the variables of the other two. */
  readonly weights: ParamTree;
}

/** A run under way. */
export interface Session extends Trees {
  readonly options: TrainOptions;
  /** Why someone asked the run to stop; undefined while nobody did. */
  readonly requested: () => StopReason | undefined;
  readonly log: StepLog;
  /** Seconds of training, those before a pause included. */
  readonly elapsed: () => number;
  /** Replaced by each stage; its `elapsed` is of the newest step, and set anew where the state is saved. */
  state: TrainState;
  /** Of the newest step that was read; not finite where the weights are lost. */
  weightNorm: number;
  /** Set where numbers that are not finite end the run: without a checkpoint, so that it can go on from before them. */
  ended: Ending | undefined;
}

/** Begins a run, or goes on with one; its clocks run from here. */
export function openSession(options: TrainOptions, trees: Trees, requested: Session['requested']): Session {
  const state = options.from?.state ?? START;
  checkRuleStates(options, state);
  const [log, elapsed] = [createStepLog(), stopwatch(state.elapsed)];
  return { ...trees, options, requested, state, log, elapsed, weightNorm: 0, ended: undefined };
}
