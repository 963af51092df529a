import type { Position } from './data.js';
import type { ParamTree } from './model.js';

/** Batches in a row: from a position up to another, which is not one of them. Plain JSON. */
export interface BatchSpan {
  readonly from: Position;
  readonly to: Position;
}

/** What became of the steps whose numbers were not finite. Plain JSON. */
export interface Health {
  /** How many such steps the run went on after. */
  readonly skips: number;
  /** How often the run went back to a checkpoint. */
  readonly rewinds: number;
  /** Multiplies the schedule's rate: 1 until a rewind lowers it. */
  readonly learningRateScale: number;
  /** The batches that are not trained on again. */
  readonly passedOver: readonly BatchSpan[];
}

/** What a run must know to go on as if it had never stopped. Plain JSON. */
export interface TrainState {
  /** Steps done. */
  readonly step: number;
  /** Of the next batch. */
  readonly position: Position;
  /** Tokens trained on. */
  readonly tokens: number;
  /** Seconds of training so far. */
  readonly elapsed: number;
  /** The best value so far of the metric that the best checkpoint is chosen by, null before the first. */
  readonly best: { readonly step: number; readonly value: number } | null;
  /** The newest validation loss and its step, null before the first evaluation. */
  readonly evaluated: { readonly step: number; readonly loss: number } | null;
  /** What each rule that watches the run has noted so far, by the rule's name; a rule's own plain JSON. */
  readonly rules: Readonly<Record<string, unknown>>;
  /** The rules whose advice was given: it is given once. */
  readonly advised: readonly string[];
  readonly health: Health;
  /** Sum and number of the step losses of the epoch under way. */
  readonly epochLoss: { readonly sum: number; readonly count: number };
}

/** One checkpoint to be written. The trees stay the trainer's. */
export interface Checkpoint {
  readonly state: TrainState;
  /** What training goes on with. */
  readonly params: ParamTree;
  /** What is published where it is not `params`, as averages are. */
  readonly weights?: ParamTree;
  readonly optimizerState: ParamTree;
  /** Whether it is the best so far. */
  readonly best: boolean;
}

/** The two trees that training changes in place. */
export interface TrainedTrees {
  readonly params: ParamTree;
  readonly optimizerState: ParamTree;
}

/** Where a run went back to. */
export interface Restored {
  readonly state: TrainState;
  /** One line about what was passed over, where a newer checkpoint was damaged. */
  readonly note?: string | undefined;
}

/** Where a run's checkpoints go. */
export interface CheckpointStore {
  /** Resolves when the checkpoint is whole and safe; returns where it lies. */
  save(checkpoint: Checkpoint): Promise<string>;
  /**
   * Assigns the values of the newest whole checkpoint to the trees; undefined, with the trees as they were, where there
   * is none yet. A run goes back by it; without it no run can.
   */
  restore?(trees: TrainedTrees): Promise<Restored | undefined>;
}
