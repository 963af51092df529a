import {
  SheepError,
  type Batch,
  type EpochEvent,
  type EvalEvent,
  type ParamTree,
  type StopReason,
  type TrainEvent,
  type TrainState,
} from '@sheep/core';
import { globalNorm } from '@sheep/ops';
import { evaluate } from '../evaluate.js';
import { macrotask } from '../macrotask.js';
import { trainStep } from '../train-step.js';
import { dueAfter, endsEpoch, finished, stopMessage } from './due.js';
import type { TrainOptions, TrainRun } from './options.js';
import { afterEvaluation, afterLosses, afterStep, isBest, START } from './progress.js';
import { createStepLog, type StepLog } from './step-log.js';

interface Trees {
  readonly params: ParamTree;
  readonly optimizerState: ParamTree;
}

/**
 * Trains a model. The run starts when it is iterated over and yields an event for each thing that happens.
 *
 * @throws SheepError `bad-option` where nothing would end the run.
 */
export function train(options: TrainOptions): TrainRun {
  checkOptions(options);
  const { model, optimizer, seed = 0, from } = options;
  const params = from?.params ?? model.init(seed);
  const optimizerState = from?.optimizerState ?? optimizer.init(params);
  let requested: StopReason | undefined;
  return {
    params,
    optimizerState,
    stop(reason = 'requested') {
      requested ??= reason;
    },
    [Symbol.asyncIterator]: () => run(options, { params, optimizerState }, () => requested),
  };
}

function checkOptions({ maxSteps, maxEpochs }: TrainOptions): void {
  if (maxSteps !== undefined || maxEpochs !== undefined) return;
  throw new SheepError('bad-option', {
    doing: 'starting a run',
    expected: 'maxSteps or maxEpochs',
    received: 'neither',
    remedy: 'set one of them',
  });
}

async function* run(
  options: TrainOptions,
  trees: Trees,
  requested: () => StopReason | undefined,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { data, checkpoints, stopAfter, from } = options;
  let state = from?.state ?? START;
  const stopReason = () => finished(state, options) ?? requested() ?? (state.step === stopAfter ? 'paused' : undefined);
  const elapsed = stopwatch(state.elapsed);
  const log = createStepLog();
  let sinceFlush = stopwatch();

  for await (const batch of stopReason() ? [] : data.open(state.position)) {
    state = stepOn(batch, state, options, trees, log, elapsed);
    await macrotask();

    const due = dueAfter(state, options);
    const ends = endsEpoch(state);
    if (due.log || due.evaluate || due.checkpoint || ends || stopReason()) {
      const events = await log.flush(sinceFlush());
      yield* events;
      state = afterLosses(
        state,
        events.map(({ loss }) => loss),
      );
      sinceFlush = stopwatch();
    }
    if (due.evaluate) {
      const event = await evaluateNow(state, options, trees.params, elapsed);
      state = afterEvaluation(state, event.loss, options.earlyStopping?.minDelta);
      yield { ...event, best: isBest(state) };
    }
    if (ends) {
      yield epochEvent(batch, state, elapsed());
      state = { ...state, epochLoss: START.epochLoss };
    }
    if (options.sample && (due.sample || finished(state, options))) {
      yield { type: 'sample', step: state.step, text: await options.sample(trees.params, state.step) };
    }
    if (checkpoints && (due.checkpoint || (due.evaluate && isBest(state)) || stopReason())) {
      const best = isBest(state);
      const location = await checkpoints.save({ ...trees, state: { ...state, elapsed: elapsed() }, best });
      yield { type: 'checkpoint', step: state.step, location, best };
    }
    if (due.evaluate || due.sample || due.checkpoint) sinceFlush = stopwatch();
    if (stopReason()) break;
  }
  const reason = stopReason() ?? 'requested';
  yield { type: 'stop', step: state.step, reason, message: stopMessage(reason, state), elapsed: elapsed() };
}

/** Seconds since the call, from a start on. */
function stopwatch(start = 0): () => number {
  const begin = performance.now();
  return () => start + (performance.now() - begin) / 1000;
}

function stepOn(
  batch: Batch,
  state: TrainState,
  { model, optimizer, schedule, seed = 0 }: TrainOptions,
  trees: Trees,
  log: StepLog,
  elapsed: () => number,
): TrainState {
  const step = state.step + 1;
  const learningRate = schedule(step);
  const context = { seed, step };
  const { count, ...device } = trainStep({ model, optimizer, ...trees, batch, context, learningRate });
  const next = afterStep(state, batch, count);
  log.add({
    host: { step, epoch: batch.epoch + 1, learningRate, tokens: next.tokens, elapsed: elapsed() },
    count,
    device: { ...device, weightNorm: globalNorm(Object.values(trees.params)) },
  });
  return next;
}

async function evaluateNow(
  { step, position }: TrainState,
  { model, validation }: TrainOptions,
  params: ParamTree,
  elapsed: () => number,
): Promise<Omit<EvalEvent, 'best'>> {
  const evaluation = await evaluate(model, params, validation!);
  const epoch = position.batch === 0 ? position.epoch : position.epoch + 1;
  return { type: 'eval', step, epoch, ...evaluation, elapsed: elapsed() };
}

function epochEvent({ epoch }: Batch, { step, epochLoss, evaluated }: TrainState, elapsed: number): EpochEvent {
  const loss = epochLoss.sum / epochLoss.count;
  return { type: 'epoch', step, epoch: epoch + 1, loss, validationLoss: evaluated?.loss ?? null, elapsed };
}
