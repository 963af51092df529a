import type { StopReason, TrainState } from '@sheep/core';
import type { TrainOptions } from './options.js';

const every = (step: number, interval: number | undefined): boolean => interval !== undefined && step % interval === 0;

/** Whether the epoch of the step just done has ended. */
export const endsEpoch = ({ position }: TrainState): boolean => position.batch === 0;

/** Why the run is over at this state; undefined where it goes on. */
export function finished(
  state: TrainState,
  { maxSteps, maxEpochs, earlyStopping }: TrainOptions,
): StopReason | undefined {
  if (maxSteps !== undefined && state.step >= maxSteps) return 'max-steps';
  if (maxEpochs !== undefined && state.position.epoch >= maxEpochs) return 'max-epochs';
  if (earlyStopping && state.evaluationsWithoutImprovement >= earlyStopping.patience) return 'patience';
  return undefined;
}

/** What has to be done after a step, besides stopping. */
export function dueAfter(state: TrainState, options: TrainOptions) {
  const last = finished(state, options) !== undefined;
  const { step } = state;
  return {
    log: step === 1 || every(step, options.logEvery ?? 10),
    evaluate: options.validation !== undefined && (last || endsEpoch(state) || every(step, options.evalEvery)),
    checkpoint: options.checkpoints !== undefined && every(step, options.checkpointEvery),
    sample: options.sample !== undefined && every(step, options.sampleEvery),
  };
}

const messages: Record<StopReason, (state: TrainState) => string> = {
  'max-steps': ({ step }) => `reached ${step} steps`,
  'max-epochs': ({ position }) => `reached ${position.epoch} epochs`,
  patience: ({ best }) => `the validation loss has not fallen since step ${best?.step ?? 0}`,
  paused: ({ step }) => `paused after step ${step}`,
  signal: ({ step }) => `stopped by a signal after step ${step}`,
  requested: ({ step }) => `stopped on request after step ${step}`,
};

/** One sentence about why a run stopped. */
export function stopMessage(reason: StopReason, state: TrainState): string {
  return messages[reason](state);
}
