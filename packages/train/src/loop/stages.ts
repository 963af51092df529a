import {
  SheepError,
  type Batch,
  type CheckpointEvent,
  type EpochEvent,
  type EvalEvent,
  type SampleEvent,
  type StepEvent,
  type StopEvent,
} from '@sheep/core';
import { evaluate } from '../evaluate.js';
import { trainStep } from '../train-step.js';
import { treeNorm } from '../tree-norm.js';
import { stopMessage, stopReason } from './due.js';
import { afterEpoch, afterEvaluation, afterLosses, afterStep, epochOf, isBest } from './progress.js';
import type { Session } from './session.js';

/** Trains on the batches of a step. What it found stays on the device until {@link readSteps}. */
export function takeStep(session: Session, batches: readonly [Batch, ...Batch[]]): void {
  const { params, optimizerState, options, log, elapsed } = session;
  const { model, optimizer, schedule, seed = 0, trainable } = options;
  const step = session.state.step + 1;
  const learningRate = schedule(step);
  const context = { seed, step, trainable };
  const result = trainStep({ model, params, optimizer, optimizerState, batches, context, learningRate });
  const { count, loss, correct, gradientNorm } = result;
  session.state = afterStep(session.state, batches.at(-1)!, count);
  const { tokens } = session.state;
  log.add({
    host: { step, epoch: batches[0].epoch + 1, learningRate, tokens, elapsed: elapsed() },
    count,
    device: { loss, correct, gradientNorm, weightNorm: treeNorm(params) },
  });
}

/** Reads the steps since the last time from the device. */
export async function readSteps(session: Session): Promise<StepEvent[]> {
  const events = await session.log.flush();
  const losses = events.map(({ loss }) => loss);
  session.state = afterLosses(session.state, losses);
  return events;
}

/** Reads the validation text. */
export async function evaluateNow(session: Session): Promise<EvalEvent> {
  const { model, validation, earlyStopping } = session.options;
  const evaluation = await evaluate(model, session.params, validation!);
  session.state = afterEvaluation(session.state, evaluation.loss, earlyStopping?.minDelta);
  const { state } = session;
  const { step } = state;
  return { type: 'eval', step, epoch: epochOf(state), ...evaluation, best: isBest(state), elapsed: session.elapsed() };
}

/** Ends the epoch of the step just done. */
export function endEpoch(session: Session): EpochEvent {
  const { step, epochLoss, evaluated } = session.state;
  const [loss, validationLoss] = [epochLoss.sum / epochLoss.count, evaluated?.loss ?? null];
  const epoch = epochOf(session.state);
  session.state = afterEpoch(session.state);
  return { type: 'epoch', step, epoch, loss, validationLoss, elapsed: session.elapsed() };
}

/** Lets the model write a text. */
export async function makeSample({ options, params, state }: Session): Promise<SampleEvent> {
  return { type: 'sample', step: state.step, text: await options.sample!(params, state.step) };
}

/** Saves what a run needs to go on from here. */
export async function saveCheckpoint(session: Session): Promise<CheckpointEvent> {
  const { params, optimizerState, options } = session;
  const state = { ...session.state, elapsed: session.elapsed() };
  const best = isBest(state);
  const location = await options.checkpoints!.save({ state, params, optimizerState, best });
  return { type: 'checkpoint', step: state.step, location, best };
}

/** The last event. @throws SheepError `bad-input` where the run ended only because the data did. */
export function stop(session: Session): StopEvent {
  const { state } = session;
  const reason = stopReason(session);
  if (reason !== undefined) {
    return { type: 'stop', step: state.step, reason, message: stopMessage(reason, state), elapsed: session.elapsed() };
  }
  throw new SheepError('bad-input', {
    doing: `taking step ${state.step + 1}`,
    expected: 'batches without end, epoch after epoch',
    received: 'no more batches',
    remedy: "let the data's open go on with the next epoch, and end the run by maxSteps or maxEpochs",
  });
}
