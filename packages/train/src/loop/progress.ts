import type { Batch, TrainState } from '@sheep/core';
import { improves, metricIn, type Metric } from '../rules/metric.js';
import type { Measurement } from '../rules/rule.js';

/** A run that has done nothing yet. */
export const START: TrainState = {
  step: 0,
  position: { epoch: 0, batch: 0 },
  tokens: 0,
  elapsed: 0,
  best: null,
  evaluated: null,
  rules: {},
  advised: [],
  health: { skips: 0, rewinds: 0, learningRateScale: 1, passedOver: [] },
  epochLoss: { sum: 0, count: 0 },
};

/** After a step whose loss is not read yet. */
export function afterStep(state: TrainState, lastBatch: Batch, tokens: number, elapsed: number): TrainState {
  return { ...state, step: state.step + 1, position: lastBatch.next, tokens: state.tokens + tokens, elapsed };
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

/** After the validation text was read. A loss that is not finite is not kept: plain JSON has no such number. */
export function afterEvaluation(state: TrainState, loss: number): TrainState {
  return { ...state, evaluated: Number.isFinite(loss) ? { step: state.step, loss } : null };
}

/** After a measurement that may be the best so far. */
export function afterMeasurement(state: TrainState, measured: Measurement, bestBy: Metric = 'eval.loss'): TrainState {
  const value = metricIn(measured, bestBy);
  return value !== undefined && improves(bestBy, value.value, state.best) ? { ...state, best: value } : state;
}

/** Whether the best so far was measured after the step just done. */
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
