import {
  SheepError,
  type Batch,
  type CheckpointEvent,
  type EpochEvent,
  type EvalEvent,
  type SampleEvent,
  type StopEvent,
} from '@sheep/core';
import { evaluate } from '../evaluate.js';
import { trainStep } from '../train-step.js';
import { treeNorm } from '../tree-norm.js';
import { ending } from './due.js';
import { afterEpoch, afterEvaluation, afterLosses, afterMeasurement, afterStep, epochOf, isBest } from './progress.js';
import type { Session } from './session.js';
import type { ReadStep } from './step-log.js';

/** Trains on the batches of a step. What it found stays on the device until {@link readSteps}. */
export function takeStep(session: Session, batches: readonly [Batch, ...Batch[]]): void {
  const { params, optimizerState, options, log, state: before } = session;
  const { model, optimizer, schedule, seed = 0, trainable } = options;
  const step = before.step + 1;
  const learningRate = schedule(step) * before.health.learningRateScale;
  const context = { seed, step, trainable };
  const result = trainStep({ model, params, optimizer, optimizerState, batches, context, learningRate });
  const { count, loss, correct, gradientNorm } = result;
  session.state = afterStep(before, batches.at(-1)!, count, session.elapsed());
  const { tokens, elapsed, position } = session.state;
  log.add({
    host: { step, epoch: batches[0].epoch + 1, learningRate, tokens, elapsed },
    count,
    batches: { from: before.position, to: position },
    device: { loss, correct, gradientNorm, weightNorm: treeNorm(params) },
  });
}

/** Reads the steps since the last time from the device. */
export async function readSteps(session: Session): Promise<ReadStep[]> {
  const steps = await session.log.flush();
  const losses = steps.map(({ event }) => event.loss);
  session.state = afterLosses(session.state, losses);
  session.weightNorm = steps.at(-1)?.event.weightNorm ?? session.weightNorm;
  return steps;
}

/** Reads the validation text. */
export async function evaluateNow(session: Session): Promise<EvalEvent> {
  const { model, validation, bestBy } = session.options;
  const evaluation = await evaluate(model, session.weights, validation!);
  const state = afterEvaluation(session.state, evaluation.loss);
  const { step } = state;
  const event = { type: 'eval', step, epoch: epochOf(state), ...evaluation, elapsed: session.elapsed() } as const;
  session.state = afterMeasurement(state, { ...event, best: false }, bestBy);
  return { ...event, best: isBest(session.state) };
}

/** Ends the epoch of the step just done. */
export function endEpoch(session: Session): EpochEvent {
  const { step, epochLoss, evaluated } = session.state;
  const [loss, validationLoss] = [epochLoss.sum / epochLoss.count, evaluated?.loss ?? null];
  const epoch = epochOf(session.state);
  const event = { type: 'epoch', step, epoch, loss, validationLoss, elapsed: session.elapsed() } as const;
  session.state = afterMeasurement(afterEpoch(session.state), event, session.options.bestBy);
  return event;
}

/** Lets the model write a text. */
export async function makeSample({ options, weights, state }: Session): Promise<SampleEvent> {
  return { type: 'sample', step: state.step, text: await options.sample!(weights, state.step) };
}

/** Saves what a run needs to go on from here. */
export async function saveCheckpoint(session: Session): Promise<CheckpointEvent> {
  const { params, optimizerState, weights, options } = session;
  const state = { ...session.state, elapsed: session.elapsed() };
  const best = isBest(state);
  const location = await options.checkpoints!.save({ state, params, optimizerState, weights, best });
  return { type: 'checkpoint', step: state.step, location, best };
}

/** The last event. @throws SheepError `bad-input` where the run ended only because the data did. */
export function stop(session: Session): StopEvent {
  const { state } = session;
  const over = ending(session);
  if (over !== undefined) {
    const { reason, message } = over;
    return { type: 'stop', step: state.step, reason, message, elapsed: session.elapsed() };
  }
  throw new SheepError('bad-input', {
    doing: `taking step ${state.step + 1}`,
    expected: 'batches without end, epoch after epoch',
    received: 'no more batches',
    remedy: "let the data's open go on with the next epoch, and end the run by maxSteps or maxEpochs",
  });
}
