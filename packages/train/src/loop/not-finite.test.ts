import { useBackend } from '@sheep/backend';
import type { LanguageModel, TrainEvent } from '@sheep/core';
import { mul, scalar, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyModel } from '../../test/tiny-model.js';
import { bytesOf, collect, only, rememberedCheckpoints, tinyRun, validationData } from '../../test/tiny-run.js';
import { train } from './train.js';

const sound = tinyModel();

/** Overflows at one step, as half precision does now and then. */
const overflowing = (at: number): LanguageModel => ({
  ...sound,
  lossAndGradients(params, batch, context, into) {
    const sums = sound.lossAndGradients(params, batch, context, into);
    if (context.step !== at) return sums;
    for (const name of Object.keys(into)) into[name] = tidy(() => mul(into[name], NaN));
    return { ...sums, loss: scalar(NaN) };
  },
});

/** Has no validation loss before some evaluation. */
function blindBefore(evaluation: number): LanguageModel {
  const batches = validationData().batchesPerEpoch;
  let calls = 0;
  return {
    ...sound,
    loss(params, batch) {
      calls += 1;
      return { ...sound.loss(params, batch), ...(calls <= batches * (evaluation - 1) ? { loss: scalar(NaN) } : {}) };
    },
  };
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a loss that is not finite', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('in training is told, changes no parameter and counts in no mean', async () => {
    const checkpoints = rememberedCheckpoints();
    const run = train(tinyRun({ model: overflowing(3), maxEpochs: 1, logEvery: 1, checkpoints, checkpointEvery: 3 }));
    const [bytes, events]: [string[], TrainEvent[]] = [[], []];
    for await (const event of run) {
      events.push(event);
      if (event.type === 'step') bytes.push(Object.values(await bytesOf(run)).join());
    }
    const losses = only(events, 'step').map(({ loss }) => loss);
    expect(losses.map(Number.isFinite)).toEqual([true, true, false, true, true]);
    expect(bytes.map((value, i) => value === bytes[i - 1])).toEqual([false, false, true, false, false]);
    const others = losses.filter(Number.isFinite);
    expect(only(events, 'epoch')[0].loss).toBeCloseTo(others.reduce((sum, loss) => sum + loss) / 4, 12);
    const [{ state }] = checkpoints.saved;
    expect(state.epochLoss.count).toBe(2);
    expect(asJson(state)).toEqual(state);
  });

  it('in validation is told, is never the best, and wears patience out', async () => {
    const checkpoints = rememberedCheckpoints();
    const options = { validation: validationData(), evalEvery: 1, checkpoints, checkpointEvery: 1 };
    const run = train(tinyRun({ ...options, model: blindBefore(3), earlyStopping: { patience: 3 }, maxSteps: 3 }));
    const evals = only(await collect(run), 'eval');
    expect(evals.map(({ loss }) => Number.isFinite(loss))).toEqual([false, false, true]);
    expect(evals.map(({ best }) => best)).toEqual([false, false, true]);
    const states = checkpoints.saved.map(({ state }) => state);
    expect(states.map(({ evaluated }) => evaluated?.step ?? null)).toEqual([null, null, 3]);
    expect(states.map(({ evaluationsWithoutImprovement }) => evaluationsWithoutImprovement)).toEqual([1, 2, 0]);
    expect(asJson(states)).toEqual(states);
  });

  it('in every validation ends the run by patience', async () => {
    const options = { validation: validationData(), evalEvery: 1, earlyStopping: { patience: 2 } };
    const events = await collect(train(tinyRun({ ...options, model: blindBefore(Infinity) })));
    expect(events.at(-1)).toMatchObject({ type: 'stop', step: 2, reason: 'patience' });
  });
});
