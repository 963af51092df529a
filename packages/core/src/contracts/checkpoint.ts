import type { Position } from './data.js';
import type { ParamTree } from './model.js';

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
  /** The lowest validation loss so far, null before the first evaluation. */
  readonly best: { readonly step: number; readonly loss: number } | null;
  /** The newest validation loss and its step, null before the first evaluation. */
  readonly evaluated: { readonly step: number; readonly loss: number } | null;
  /** Evaluations in a row that brought no improvement. */
  readonly evaluationsWithoutImprovement: number;
  /** Sum and number of the step losses of the epoch under way. */
  readonly epochLoss: { readonly sum: number; readonly count: number };
}

/** One checkpoint to be written. The trees stay the trainer's. */
export interface Checkpoint {
  readonly state: TrainState;
  readonly params: ParamTree;
  readonly optimizerState: ParamTree;
  /** Whether it is the best by validation loss so far. */
  readonly best: boolean;
}

/** Where a run's checkpoints go. */
export interface CheckpointStore {
  /** Resolves when the checkpoint is whole and safe; returns where it lies. */
  save(checkpoint: Checkpoint): Promise<string>;
}
