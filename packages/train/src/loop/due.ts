import type { StopReason, TrainState } from '@sheep/core';
import { endsEpoch, isBest } from './progress.js';
import type { Session } from './session.js';

const every = (step: number, interval: number | undefined): boolean => interval !== undefined && step % interval === 0;

/** Why the run is over for good; undefined where there is more to do. */
function finished({ state, options }: Session): StopReason | undefined {
  const { maxSteps, maxEpochs, earlyStopping } = options;
  if (maxSteps !== undefined && state.step >= maxSteps) return 'max-steps';
  if (maxEpochs !== undefined && state.position.epoch >= maxEpochs) return 'max-epochs';
  if (earlyStopping && state.evaluationsWithoutImprovement >= earlyStopping.patience) return 'patience';
  return undefined;
}

/** Why the run stops after the step just done, for good or for now; undefined where it goes on. */
export function stopReason(session: Session): StopReason | undefined {
  const { state, options, requested } = session;
  const pauses = options.stopAfter !== undefined && state.step >= options.stopAfter;
  return finished(session) ?? requested() ?? (pauses ? 'paused' : undefined);
}

/** Whether the validation text is to be read after the step just done. */
export function evaluationDue(session: Session): boolean {
  const { state, options } = session;
  if (options.validation === undefined) return false;
  return every(state.step, options.evalEvery) || endsEpoch(state) || finished(session) !== undefined;
}

/** Whether a text is to be made after the step just done. */
export function sampleDue(session: Session): boolean {
  const { state, options } = session;
  if (options.sample === undefined) return false;
  return every(state.step, options.sampleEvery) || finished(session) !== undefined;
}

/** Whether a checkpoint is to be written after the step just done: asked for, the best so far, or the last here. */
export function checkpointDue(session: Session): boolean {
  const { state, options } = session;
  if (options.checkpoints === undefined) return false;
  return every(state.step, options.checkpointEvery) || isBest(state) || stopReason(session) !== undefined;
}

/** Whether anything but the next step is due. Then the steps so far are told first. */
export function anythingDue(session: Session): boolean {
  const { state, options } = session;
  if (state.step === 1 || every(state.step, options.logEvery ?? 10) || endsEpoch(state)) return true;
  if (stopReason(session) !== undefined) return true;
  return evaluationDue(session) || sampleDue(session) || checkpointDue(session);
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
