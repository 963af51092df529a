import type { Sink, TrainEvent } from '@sheep/core';

/** `training_metrics.json`: entry i of each list belongs to the i-th step event. */
export interface TrainingMetrics {
  /** Nats a token. NaN and Infinity are null in the file: JSON has neither. */
  readonly train_loss: readonly number[];
  /** Nats a token, null where the model was not evaluated after that step. */
  readonly val_loss: readonly (number | null)[];
  readonly learning_rate: readonly number[];
  /** The epoch of each step, from 1. */
  readonly epochs: readonly number[];
  readonly steps: readonly number[];
}

/** Step events as columns, in the order they came. */
export interface StepColumns {
  readonly step: number[];
  readonly epoch: number[];
  readonly loss: number[];
  readonly learningRate: number[];
  readonly gradientNorm: number[];
  readonly weightNorm: number[];
}

/** Eval events as columns, in the order they came. */
export interface EvalColumns {
  readonly step: number[];
  readonly epoch: number[];
  readonly loss: number[];
  readonly accuracy: number[];
}

/** Epoch events as columns, in the order they came. */
export interface EpochColumns {
  readonly step: number[];
  readonly epoch: number[];
  readonly loss: number[];
}

/** What a run measured, as plain columns of numbers: 48 bytes a step. */
export interface RunHistory extends Sink {
  write(event: TrainEvent): void;
  readonly steps: StepColumns;
  readonly evals: EvalColumns;
  readonly epochs: EpochColumns;
  /** The newest epoch that ended, 0 before the first has. */
  readonly lastEpoch: number;
  /** The content of `training_metrics.json`; its lists go on growing with the history. */
  toTrainingMetrics(): TrainingMetrics;
}

/** Appends the fields of an event that a set of columns is named after. */
function append<Name extends string>(columns: Record<Name, number[]>, event: Record<Name, number>): void {
  for (const name in columns) columns[name].push(event[name]);
}

function lossAtSteps(steps: readonly number[], evals: EvalColumns): (number | null)[] {
  const lossAt = new Map(evals.step.map((step, i) => [step, evals.loss[i]]));
  return steps.map((step) => lossAt.get(step) ?? null);
}

/** Takes the rows off that are of steps after one. */
function cutAfter(step: number, columns: Record<string, number[]> & { readonly step: number[] }): void {
  const kept = columns.step.filter((one) => one <= step).length;
  for (const column of Object.values(columns)) column.length = kept;
}

/** An empty history. Fill it with the events of a run, or with those read from its metrics.jsonl. */
export function createHistory(): RunHistory {
  const steps = { step: [], epoch: [], loss: [], learningRate: [], gradientNorm: [], weightNorm: [] };
  const evals = { step: [], epoch: [], loss: [], accuracy: [] };
  const epochs = { step: [], epoch: [], loss: [] };
  return {
    steps,
    evals,
    epochs,
    get lastEpoch() {
      return epochs.epoch.at(-1) ?? 0;
    },
    write(event) {
      if (event.type === 'step') append<keyof StepColumns>(steps, event);
      else if (event.type === 'eval') append<keyof EvalColumns>(evals, event);
      else if (event.type === 'epoch') append<keyof EpochColumns>(epochs, event);
      else if (event.type === 'rewind') for (const columns of [steps, evals, epochs]) cutAfter(event.step, columns);
    },
    toTrainingMetrics: () => ({
      train_loss: steps.loss,
      val_loss: lossAtSteps(steps.step, evals),
      learning_rate: steps.learningRate,
      epochs: steps.epoch,
      steps: steps.step,
    }),
  };
}
