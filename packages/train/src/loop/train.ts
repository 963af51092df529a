import type { StopReason, TrainEvent } from '@sheep/core';
import { macrotask } from '../macrotask.js';
import { trainableOf } from '../trainable.js';
import { checkOptions } from './check-options.js';
import { anythingDue, checkpointDue, evaluationDue, sampleDue, stopReason } from './due.js';
import { microBatches } from './micro-batches.js';
import type { TrainOptions, TrainRun } from './options.js';
import { endsEpoch } from './progress.js';
import { openSession, type Session, type Trees } from './session.js';
import { endEpoch, evaluateNow, makeSample, readSteps, saveCheckpoint, stop, takeStep } from './stages.js';

/**
 * Trains a model. The run starts when it is iterated over, once, and yields an event for each thing that happens.
 *
 * @throws SheepError `bad-option` where nothing would end the run, or for a count that is none.
 */
export function train(options: TrainOptions): TrainRun {
  checkOptions(options);
  const { model, optimizer, seed = 0, from } = options;
  const params = from?.params ?? model.init(seed);
  const trees = {
    params,
    optimizerState: from?.optimizerState ?? optimizer.init(trainableOf(params, options.trainable)),
  };
  let requested: StopReason | undefined;
  const events = run(options, trees, () => requested);
  return {
    ...trees,
    stop(reason = 'requested') {
      requested ??= reason;
    },
    [Symbol.asyncIterator]: () => events,
  };
}

/** The order of events, and nothing else. */
async function* run(
  options: TrainOptions,
  trees: Trees,
  requested: Session['requested'],
): AsyncGenerator<TrainEvent, void, undefined> {
  const session = openSession(options, trees, requested);
  if (!stopReason(session)) yield* takeSteps(session);
  yield stop(session);
}

async function* takeSteps(session: Session): AsyncGenerator<TrainEvent, void, undefined> {
  const { data, gradientAccumulation } = session.options;
  for await (const batches of microBatches(data.open(session.state.position), gradientAccumulation)) {
    takeStep(session, batches);
    await macrotask();
    if (!anythingDue(session)) continue;

    yield* await readSteps(session);
    if (evaluationDue(session)) yield await evaluateNow(session);
    if (endsEpoch(session.state)) yield endEpoch(session);
    if (sampleDue(session)) yield await makeSample(session);
    if (checkpointDue(session)) yield await saveCheckpoint(session);
    session.log.restartClock();
    if (stopReason(session)) break;
  }
}
