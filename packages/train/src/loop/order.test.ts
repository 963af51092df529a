import { useBackend } from '@sheep/backend';
import type { TrainEvent } from '@sheep/core';

import { beforeAll, describe, expect, it } from 'vitest';
import { brief, collect, only, rememberedCheckpoints, tinyRun, validationData } from '../../test/tiny-run.js';
import { constant, join } from '../schedules/schedules.js';
import type { TrainOptions } from './options.js';
import { train } from './train.js';

const writes = async () => 'a text';

/** At a rate of 0 every validation loss is that of the first, so that only the first is the best. */
const still = (options: Partial<TrainOptions>) => tinyRun({ schedule: constant(0), ...options });

const briefly = async (options: TrainOptions) => brief(await collect(train(options)));

describe('the order of events', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('is steps, evaluation, epoch, sample, checkpoint, stop', async () => {
    const events = await briefly(
      still({
        logEvery: 3,
        validation: validationData(),
        evalEvery: 4,
        checkpoints: rememberedCheckpoints(),
        checkpointEvery: 6,
        sample: writes,
        sampleEvery: 7,
      }),
    );
    expect(events).toEqual([
      'step 1',
      'step 2',
      'step 3',
      'step 4',
      'eval 4 best',
      'checkpoint 4 best',
      'step 5',
      'eval 5',
      'epoch 5',
      'step 6',
      'checkpoint 6',
      'step 7',
      'sample 7',
      'step 8',
      'eval 8',
      'step 9',
      'step 10',
      'eval 10',
      'epoch 10',
      'step 11',
      'step 12',
      'eval 12',
      'sample 12',
      'checkpoint 12',
      'stop 12',
    ]);
  });

  it('tells step 1 at once, and the others when the device is read', async () => {
    const taken: number[] = [];
    const told: [step: number, taken: number][] = [];
    const schedule = (step: number) => {
      taken.push(step);
      return 0.01;
    };
    for await (const event of train(tinyRun({ schedule, maxSteps: 4, logEvery: 4 }))) {
      if (event.type === 'step') told.push([event.step, taken.length]);
    }
    expect(told).toEqual([
      [1, 1],
      [2, 4],
      [3, 4],
      [4, 4],
    ]);
    expect(taken).toEqual([1, 2, 3, 4]);
  });

  it.each([1, 3, 5, 100])('tells every step exactly once with logEvery %d', async (logEvery) => {
    const steps = only(await collect(train(tinyRun({ logEvery, maxSteps: 13 }))), 'step');
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
    expect(steps.map(({ tokens }) => tokens)).toEqual(steps.map(({ step }) => 16 * step));
    expect(steps.map(({ epoch }) => epoch)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3]);
  });

  it('tells of an epoch the mean of its steps', async () => {
    const events = await collect(train(tinyRun({ maxEpochs: 2, maxSteps: undefined, validation: validationData() })));
    const steps = only(events, 'step');
    const means = [steps.slice(0, 5), steps.slice(5, 10)].map(
      (part) => part.reduce((sum, { loss }) => sum + loss, 0) / 5,
    );
    const epochs = only(events, 'epoch');
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
    epochs.forEach(({ loss }, i) => expect(loss).toBeCloseTo(means[i], 12));
    expect(epochs.map(({ validationLoss }) => validationLoss)).toEqual(only(events, 'eval').map(({ loss }) => loss));
    expect(only(events, 'eval').map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  it('calls an evaluation the best where it is the lowest so far, and its checkpoint as well', async () => {
    const checkpoints = rememberedCheckpoints();
    // The rate jumps, and so does the loss.
    const schedule = join(constant(0.05), 6, constant(2));
    const options = tinyRun({ schedule, validation: validationData(), evalEvery: 2, checkpoints, checkpointEvery: 2 });
    const evals = only(await collect(train(options)), 'eval');
    let lowest = Infinity;
    for (const { loss, best } of evals) {
      expect(best).toBe(loss < lowest);
      lowest = Math.min(lowest, loss);
    }
    expect(new Set(evals.map(({ best }) => best)).size).toBe(2);
    for (const { state, best } of checkpoints.saved) {
      expect(best).toBe(evals.some((event) => event.step === state.step && event.best));
      expect(state.best?.value).toBe(
        Math.min(...evals.filter(({ step }) => step <= state.step).map(({ loss }) => loss)),
      );
    }
  });

  it('lets what handles an event finish before the run goes on', async () => {
    const checkpoints = rememberedCheckpoints();
    const handled: [TrainEvent['type'], number][] = [];
    for await (const event of train(tinyRun({ maxSteps: 3, logEvery: 1, checkpoints, checkpointEvery: 1 }))) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      handled.push([event.type, checkpoints.saved.length]);
    }
    expect(handled.filter(([type]) => type === 'step').map(([, saved]) => saved)).toEqual([0, 1, 2]);
  });
});
