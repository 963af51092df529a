import type { StopReason, TrainEvent } from '@sheep/core';
import { keepHealthy } from '../health/keep-healthy.js';
import { macrotask } from '../macrotask.js';
import { trainableOf } from '../trainable.js';
import { checkOptions } from './check-options.js';
import { anythingDue, checkpointDue, ending, evaluationDue, sampleDue } from './due.js';
import type { TrainOptions, TrainRun } from './options.js';
import { endsEpoch } from './progress.js';
import { openSession, type Session, type Trees } from './session.js';
import { endEpoch, evaluateNow, makeSample, readSteps, saveCheckpoint, stop, takeStep } from './stages.js';
import { stepBatches } from './step-batches.js';
import { tell } from './watch.js';

/**
 * Trains a model. The run starts when it is iterated over, once, and yields an event for each thing that happens.
 *
 * @throws SheepError `bad-option` where nothing would end the run, or for a count that is none.
 */
export function train(options: TrainOptions): TrainRun {
  checkOptions(options);
  const { model, optimizer, seed = 0, from } = options;
  const params = from?.params ?? model.init(seed);
  const optimizerState = from?.optimizerState ?? optimizer.init(trainableOf(params, options.trainable));
  const trees = { params, optimizerState, weights: optimizer.weights?.(params, optimizerState) ?? params };
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
  if (!ending(session)) yield* takeSteps(session);
  yield stop(session);
}

async function* takeSteps(session: Session): AsyncGenerator<TrainEvent, void, undefined> {
  for await (const batches of stepBatches(session)) {
    takeStep(session, batches);
    await macrotask();
    if (!anythingDue(session)) continue;

    const steps = await readSteps(session);
    yield* tell(
      session,
      steps.map(({ event }) => event),
    );
    const rewound = await keepHealthy(session, steps);
    if (rewound) {
      yield rewound;
      continue;
    }
    if (evaluationDue(session)) yield* tell(session, [await evaluateNow(session)]);
    if (endsEpoch(session.state)) yield* tell(session, [endEpoch(session)]);
    if (sampleDue(session)) yield await makeSample(session);
    if (checkpointDue(session)) yield await saveCheckpoint(session);
    session.log.restartClock();
    if (ending(session)) break;
  }
}
