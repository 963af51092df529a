import type { StopReason, TrainState } from '@sheep/core';
import type { TrainOptions } from './options.js';
import { endsEpoch, isBest } from './progress.js';
import type { Ending, Session } from './session.js';
import { verdictOf } from './watch.js';

const every = (step: number, interval: number | undefined): boolean => interval !== undefined && step % interval === 0;

/** Why a run that has come to a state is over for good; undefined where there is more to do. */
export function finished(
  { maxSteps, maxEpochs, stopWhen = [] }: Pick<TrainOptions, 'maxSteps' | 'maxEpochs' | 'stopWhen'>,
  state: TrainState,
): Ending | undefined {
  const { step, position } = state;
  if (maxSteps !== undefined && step >= maxSteps) return { reason: 'max-steps', message: `reached ${step} steps` };
  if (maxEpochs !== undefined && position.epoch >= maxEpochs) {
    return { reason: 'max-epochs', message: `reached ${position.epoch} epochs` };
  }
  for (const rule of stopWhen) {
    const message = verdictOf(rule, state);
    if (message !== undefined) return { reason: rule.name, message };
  }
  return undefined;
}

const isFinished = ({ options, state }: Session): boolean => finished(options, state) !== undefined;

function onRequest(reason: StopReason, { step }: TrainState): Ending {
  const how = reason === 'signal' ? 'by a signal' : 'on request';
  return { reason, message: `stopped ${how} after step ${step}` };
}

function paused({ stopAfter }: TrainOptions, { step }: TrainState): Ending | undefined {
  if (stopAfter === undefined || step < stopAfter) return undefined;
  return { reason: 'paused', message: `paused after step ${step}` };
}

/** Why the run stops after the step just done, for good or for now; undefined where it goes on. */
export function ending(session: Session): Ending | undefined {
  const { state, options, ended } = session;
  const over = ended ?? finished(options, state);
  if (over !== undefined) return over;
  const requested = session.requested();
  return requested === undefined ? paused(options, state) : onRequest(requested, state);
}

/** Whether the validation text is to be read after the step just done. */
export function evaluationDue(session: Session): boolean {
  const { state, options } = session;
  if (options.validation === undefined) return false;
  return every(state.step, options.evalEvery) || endsEpoch(state) || isFinished(session);
}

/** Whether a text is to be made after the step just done. */
export function sampleDue(session: Session): boolean {
  const { state, options } = session;
  if (options.sample === undefined) return false;
  return every(state.step, options.sampleEvery) || isFinished(session);
}

/** Whether a checkpoint is to be written after the step just done: asked for, the best so far, or the last here. */
export function checkpointDue(session: Session): boolean {
  const { state, options } = session;
  if (options.checkpoints === undefined || session.ended !== undefined) return false;
  return every(state.step, options.checkpointEvery) || isBest(state) || ending(session) !== undefined;
}

/** Whether anything but the next step is due. Then the steps so far are told first. */
export function anythingDue(session: Session): boolean {
  const { state, options } = session;
  if (state.step === 1 || every(state.step, options.logEvery ?? 10) || endsEpoch(state)) return true;
  if (ending(session) !== undefined) return true;
  return evaluationDue(session) || sampleDue(session) || checkpointDue(session);
}
