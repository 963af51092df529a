import type {
  BatchSource,
  CheckpointStore,
  LanguageModel,
  Optimizer,
  ParamTree,
  Schedule,
  StopReason,
  TrainEvent,
  TrainState,
} from '@sheep/core';
import type { NotFinitePolicy } from '../health/policies.js';
import type { Metric } from '../rules/metric.js';
import type { Rule } from '../rules/rule.js';

/** What a run starts from, or goes on from. The trees become the run's. */
export interface TrainStart {
  readonly state: TrainState;
  readonly params: ParamTree;
  readonly optimizerState: ParamTree;
}

/** What a run is made of. Only the first four are needed, and one of `maxSteps` and `maxEpochs`. */
export interface TrainOptions {
  readonly model: LanguageModel;
  readonly data: BatchSource;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** For fresh parameters and dropout; 0 unless given. */
  readonly seed?: number;
  /** Batches whose gradients are added up for one step, fewer at the end of an epoch; 1 unless given. */
  readonly gradientAccumulation?: number;
  /** The parameters that are trained, by name; all unless given. The optimizer keeps no state for the others. */
  readonly trainable?: (name: string) => boolean;
  readonly maxSteps?: number;
  readonly maxEpochs?: number;
  /**
   * Pauses after this step, as a preemption would: with a checkpoint, and nothing else that is not due there.
   * A run that is already there or beyond pauses at once.
   */
  readonly stopAfter?: number;
  /** Steps between readings of losses and norms from the device; 10 unless given. */
  readonly logEvery?: number;
  /** Read every `evalEvery` steps, after each epoch and at the end. */
  readonly validation?: BatchSource;
  readonly evalEvery?: number;
  /** End the run, with all that is due at its end; the first that has a verdict names the reason. */
  readonly stopWhen?: readonly Rule[];
  /** Each gives its advice once. */
  readonly advice?: readonly Rule[];
  /** What happens where a loss or gradient is not finite, which no update lets through; `stopAtNotFinite()` unless given. */
  readonly onNotFinite?: NotFinitePolicy;
  /** What the best checkpoint is chosen by; `eval.loss` unless given. */
  readonly bestBy?: Metric;
  /** Written every `checkpointEvery` steps, where it is the best so far, and at the end but that of a run that was not finite. */
  readonly checkpoints?: CheckpointStore;
  readonly checkpointEvery?: number;
  /** Makes a text every `sampleEvery` steps and at the end. Must leave the parameters as they are. */
  readonly sample?: (params: ParamTree, step: number) => Promise<string>;
  readonly sampleEvery?: number;
  /** Fresh parameters unless given. */
  readonly from?: TrainStart;
}

/**
 * A run: iterate over it to train, once. What handles an event is done with it before the run goes on, so a checkpoint
 * is written after all events before it were handled. Leaving the iteration (`break`) ends the run without a checkpoint.
 */
export interface TrainRun extends AsyncIterable<TrainEvent> {
  /** The parameters, changed in place; the caller disposes them after the run (`disposeTree` of @sheep/ops). */
  readonly params: ParamTree;
  /** The optimizer's moments; the caller disposes them after the run. */
  readonly optimizerState: ParamTree;
  /** What is evaluated, sampled and published: `params`, or the averages that the optimizer keeps. Not to be disposed. */
  readonly weights: ParamTree;
  /** Ends the run after the step that is being computed, with a checkpoint. */
  stop(reason?: StopReason): void;
}
