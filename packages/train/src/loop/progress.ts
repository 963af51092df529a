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

/** After a step on a batch, whose loss is not read yet. */
export function afterStep(state: TrainState, batch: Batch, tokens: number): TrainState {
  return { ...state, step: state.step + 1, position: batch.next, tokens: state.tokens + tokens };
}

/** After the losses of steps were read. */
export function afterLosses(state: TrainState, losses: readonly number[]): TrainState {
  const { sum, count } = state.epochLoss;
  const total = losses.reduce((a, b) => a + b, sum);
  return { ...state, epochLoss: { sum: total, count: count + losses.length } };
}

/** After the validation text was read. The best is the lowest loss; patience wants it lower by `minDelta`. */
export function afterEvaluation(state: TrainState, loss: number, minDelta = 0): TrainState {
  const lowest = state.best?.loss ?? Infinity;
  const evaluated = { step: state.step, loss };
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
