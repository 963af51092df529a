import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@sheep/backend';
import type { BatchSource, CheckpointStore, LanguageModel, Position, TrainEvent } from '@sheep/core';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backendsHere } from '../../../../test/backends-here.js';
import { overflowingAt } from '../../test/overflowing-model.js';
import { readStart } from '../../test/read-start.js';
import {
  brief,
  bytesOf,
  collect,
  only,
  rememberedCheckpoints,
  timeless,
  tinyRun,
  trainingData,
} from '../../test/tiny-run.js';
import { rewindNotFinite } from '../health/policies.js';
import { checkpointFolder } from '../node.js';
import { constant, join as joined } from '../schedules/schedules.js';
import type { TrainOptions } from './options.js';
import { train } from './train.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheep-rewind-'));
  return () => rm(folder, { recursive: true, force: true });
});

const checkpoints = () => checkpointFolder(folder, { keep: 2, files: {} });

/** Five batches an epoch; a checkpoint every four steps; read every three steps. */
const options = (model: LanguageModel, given: Partial<TrainOptions> = {}) =>
  tinyRun({
    model,
    checkpoints: checkpoints(),
    checkpointEvery: 4,
    logEvery: 3,
    onNotFinite: rewindNotFinite(),
    ...given,
  });

/** The training data without the batch at a position that is not the last of its epoch. */
function without({ epoch, batch }: Position): BatchSource {
  const data = trainingData();
  return {
    ...data,
    async *open(from) {
      for await (const one of data.open(from)) if (one.epoch !== epoch || one.next.batch !== batch + 1) yield one;
    },
  };
}

const steps = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `step ${from + i}`);

/** A run, left as a kill would at the first event that passes. */
async function leaveAt(run: AsyncIterable<TrainEvent>, passes: (event: TrainEvent, before: TrainEvent[]) => boolean) {
  const events: TrainEvent[] = [];
  for await (const event of run) {
    if (passes(event, events)) return;
    events.push(event);
  }
  throw new Error('the run went through');
}

describe.each(backendsHere)('a rewind on %s', (backend) => {
  // Step 7.
  const bad = { epoch: 1, batch: 1 };
  let model: LanguageModel;
  beforeAll(async () => {
    await useBackend(backend);
    model = await overflowingAt(bad);
  });

  it('goes back to the checkpoint, and on as a run from there at half the rate without that batch', async () => {
    const run = train(options(model));
    const events = await collect(run);
    expect(brief(events)).toEqual([
      ...steps(1, 4),
      'checkpoint 4',
      'step 5',
      'epoch 5',
      'step 6',
      ...steps(7, 8),
      'rewind 4',
      'step 5',
      'epoch 5',
      ...steps(6, 8),
      'checkpoint 8',
      'step 9',
      'epoch 9',
      ...steps(10, 12),
      'checkpoint 12',
      'stop 12',
    ]);
    expect(only(events, 'rewind')[0]).toMatchObject({
      step: 4,
      from: 8,
      learningRateScale: 0.5,
      message:
        'back from step 8 to step 4: the loss of step 7 was Infinity (epoch 2, batch 2 of 5; learning rate 0.0300); its batches are passed over, the learning rate is multiplied by 0.5',
    });
    expect(only(events, 'step').map(({ learningRate }) => learningRate)).toEqual([
      ...Array.from({ length: 8 }, () => 0.03),
      ...Array.from({ length: 8 }, () => 0.015),
    ]);

    await rm(folder, { recursive: true });
    await collect(train(options(model, { stopAfter: 4 })));
    const from = await readStart(folder);
    const reference = train(options(model, { from, data: without(bad), schedule: () => 0.015 }));
    const expected = only(await collect(reference), 'step');
    expect(timeless(only(events, 'step').slice(-8))).toEqual(timeless(expected));
    expect(await bytesOf(run)).toEqual(await bytesOf(reference));
  });

  it('is the same after a kill, before and after the next checkpoint', async () => {
    const through = train(options(model));
    await collect(through);
    const expected = await bytesOf(through);
    const kills = {
      'at the rewind': ({ type }: TrainEvent) => type === 'rewind',
      'after the next checkpoint': ({ type, step }: TrainEvent) => type === 'step' && step === 10,
    };
    for (const [when, passes] of Object.entries(kills)) {
      await rm(folder, { recursive: true });
      await leaveAt(train(options(model)), passes);
      const from = await readStart(folder);
      expect([when, from.state.step]).toEqual([when, when === 'at the rewind' ? 4 : 8]);
      const resumed = train(options(model, { from }));
      await collect(resumed);
      expect(await bytesOf(resumed)).toEqual(expected);
    }
  });

  it('before the first checkpoint starts again, and leaves no tensor behind', async () => {
    const first = { epoch: 0, batch: 1 };
    const early = await overflowingAt(first);
    const run = train(options(early, { logEvery: 1 }));
    const live: number[] = [];
    for await (const { type } of run) if (type === 'step') live.push(memory().numTensors);
    expect(live.length).toBe(14);
    expect(new Set(live.slice(3))).toEqual(new Set([live[3]]));
    const reference = train(options(early, { data: without(first), schedule: () => 0.015 }));
    await collect(reference);
    expect(await bytesOf(run)).toEqual(await bytesOf(reference));
  });
});

describe('rewinding', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('passes over all batches of a step, and an epoch whose last step is one of them still ends', async () => {
    const model = await overflowingAt({ epoch: 0, batch: 4 }, { epoch: 1, batch: 3 });
    const events = await collect(train(options(model, { gradientAccumulation: 2, maxSteps: 7, logEvery: 1 })));
    // Steps of the batches 0 1, 2 3 and 4.
    expect(brief(events)).toEqual([
      ...steps(1, 3),
      'rewind 0',
      ...steps(1, 2),
      'epoch 2',
      ...steps(3, 4),
      'rewind 0',
      ...steps(1, 2),
      'epoch 2',
      ...steps(3, 4),
      'epoch 4',
      'checkpoint 4',
      ...steps(5, 7),
      'epoch 7',
      'checkpoint 7',
      'stop 7',
    ]);
    const messages = only(events, 'rewind').map(({ message }) => /\([^;]*;/.exec(message)![0]);
    expect(messages).toEqual(['(epoch 1, batch 5 of 5;', '(epoch 2, batches 3 to 4 of 5;']);
    expect(only(events, 'rewind').map(({ learningRateScale }) => learningRateScale)).toEqual([0.5, 0.25]);
  });

  it('ends the run where it would be once too often', async () => {
    // The rate is far too high from step 5 on, however often it is halved.
    const schedule = joined(constant(0.03), 4, constant(1e15));
    const model = await overflowingAt();
    const onNotFinite = rewindNotFinite({ maxRewinds: 2 });
    const events = await collect(train(options(model, { schedule, onNotFinite, logEvery: 1 })));
    expect(only(events, 'rewind').map(({ step }) => step)).toEqual([4, 4]);
    expect(events.at(-1)).toMatchObject({
      type: 'stop',
      reason: 'not-finite',
      message: expect.stringMatching(/; the run has gone back 2 times already$/) as string,
    });
  });

  it('ends the run that began with weights of its own and has no checkpoint yet, or whose store cannot restore', async () => {
    const model = await overflowingAt({ epoch: 0, batch: 1 }, { epoch: 1, batch: 1 });
    const remembered = rememberedCheckpoints();
    const unable: CheckpointStore = { save: (checkpoint) => remembered.save(checkpoint) };
    const fresh = train(options(model, { stopAfter: 1, checkpoints: unable }));
    await collect(fresh);
    const { params, optimizerState } = fresh;
    const { state } = await collect(train(options(model, { stopAfter: 1 }))).then(() => readStart(folder));
    await rm(folder, { recursive: true });
    for (const given of [{ from: { params, optimizerState, state } }, { checkpoints: unable }]) {
      const events = await collect(train(options(model, { ...given, logEvery: 1 })));
      expect(events.at(-1)).toMatchObject({
        reason: 'not-finite',
        message: expect.stringMatching(/; there is no checkpoint to go back to$/) as string,
      });
    }
  });
});
