import type { Batch, TrainState } from '@sheep/core';

/** A run that has done nothing yet. */
export const START: TrainState = {
  step: 0,
  position: { epoch: 0, batch: 0 },
  tokens: 0,
  elapsed: 0,
  best: null,
  evaluated: null,
  evaluationsWithoutImprovement: 0,
  epochLoss: { sum: 0, count: 0 },
};

/** After a step whose loss is not read yet. */
export function afterStep(state: TrainState, lastBatch: Batch, tokens: number): TrainState {
  return { ...state, step: state.step + 1, position: lastBatch.next, tokens: state.tokens + tokens };
}

/** After the losses of steps were read. One that is not finite changed no parameter and counts in no mean. */
export function afterLosses(state: TrainState, losses: readonly number[]): TrainState {
  const finite = losses.filter(Number.isFinite);
  const sum = finite.reduce((total, loss) => total + loss, state.epochLoss.sum);
  return { ...state, epochLoss: { sum, count: state.epochLoss.count + finite.length } };
}

/** After an epoch's mean was told. */
export function afterEpoch(state: TrainState): TrainState {
  return { ...state, epochLoss: START.epochLoss };
}

/**
 * After the validation text was read. The best is the lowest loss; patience wants it lower by `minDelta`.
 * A loss that is not finite is no improvement, and not kept: the state is plain JSON, which has no such number.
 */
export function afterEvaluation(state: TrainState, loss: number, minDelta = 0): TrainState {
  const lowest = state.best?.loss ?? Infinity;
  const evaluated = Number.isFinite(loss) ? { step: state.step, loss } : null;
  return {
    ...state,
    evaluated,
    best: loss < lowest ? evaluated : state.best,
    evaluationsWithoutImprovement: loss < lowest - minDelta ? 0 : state.evaluationsWithoutImprovement + 1,
  };
}

/** Whether the newest evaluation is of this step and the best so far. */
export function isBest({ step, best }: TrainState): boolean {
  return best?.step === step;
}

/** Whether the step just done was the last of its epoch. */
export function endsEpoch({ position }: TrainState): boolean {
  return position.batch === 0;
}

/** The epoch that the step just done belongs to, from 1. */
export function epochOf(state: TrainState): number {
  return endsEpoch(state) ? state.position.epoch : state.position.epoch + 1;
}
