import { useBackend } from '@sheep/backend';
import {
  IGNORED_TARGET,
  type BatchSource,
  type LanguageModel,
  type Optimizer,
  type StopEvent,
  type TrainEvent,
} from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { memory, mul, scalar, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backendsHere } from '../../../../test/backends-here.js';
import { tinyModel } from '../../test/tiny-model.js';
import {
  brief,
  bytesOf,
  collect,
  only,
  rememberedCheckpoints,
  tinyOptimizer,
  tinyRun,
  trainingData,
  validationData,
} from '../../test/tiny-run.js';
import { skipNotFinite } from '../health/policies.js';
import { patience, type PatienceState } from '../rules/patience.js';
import { train } from './train.js';

const sound = tinyModel();

/** Overflows at one step, as half precision does now and then. */
const overflowing = (at: number): LanguageModel => ({
  ...sound,
  lossAndGradients(params, batch, context, into) {
    const sums = sound.lossAndGradients(params, batch, context, into);
    if (context.step !== at) return sums;
    for (const [name, gradient] of Object.entries(into)) {
      into[name] = tidy(() => mul(gradient, NaN));
      gradient.dispose();
    }
    sums.loss.dispose();
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

describe.each(backendsHere)('a loss that is not finite on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it('in training is told, changes no parameter and counts in no mean', async () => {
    const checkpoints = rememberedCheckpoints();
    const run = train(
      tinyRun({
        model: overflowing(3),
        onNotFinite: skipNotFinite(),
        maxEpochs: 1,
        logEvery: 1,
        checkpoints,
        checkpointEvery: 3,
      }),
    );
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
    const run = train(
      tinyRun({ ...options, model: blindBefore(3), stopWhen: [patience({ evaluations: 3 })], maxSteps: 3 }),
    );
    const evals = only(await collect(run), 'eval');
    expect(evals.map(({ loss }) => Number.isFinite(loss))).toEqual([false, false, true]);
    expect(evals.map(({ best }) => best)).toEqual([false, false, true]);
    const states = checkpoints.saved.map(({ state }) => state);
    expect(states.map(({ evaluated }) => evaluated?.step ?? null)).toEqual([null, null, 3]);
    expect(states.map(({ rules }) => (rules.patience as PatienceState).without)).toEqual([1, 2, 0]);
    expect(asJson(states)).toEqual(states);
  });

  it('in every validation ends the run by patience', async () => {
    const options = { validation: validationData(), evalEvery: 1, stopWhen: [patience({ evaluations: 2 })] };
    const events = await collect(train(tinyRun({ ...options, model: blindBefore(Infinity) })));
    expect(events.at(-1)).toMatchObject({ type: 'stop', step: 2, reason: 'patience' });
  });
});

/** Breaks a parameter at one step, as an update of a user's own may. */
const breaking = (name: string, at: number): Optimizer => {
  const inner = tinyOptimizer();
  return {
    ...inner,
    update(update, state) {
      inner.update(update, state);
      if (update.step === at) update.params[name].assign(mul(update.params[name], Infinity));
    },
  };
};

describe('a run whose numbers are not finite', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('stops unless told otherwise, and leaves the checkpoint from before it the newest', async () => {
    const checkpoints = rememberedCheckpoints();
    const live = memory().numTensors;
    const run = train(tinyRun({ model: overflowing(3), logEvery: 5, checkpoints, checkpointEvery: 2 }));
    const events = await collect(run);
    expect(brief(events)).toEqual(['step 1', 'step 2', 'checkpoint 2', 'step 3', 'step 4', 'stop 4']);
    expect(events.at(-1)).toMatchObject({
      reason: 'not-finite',
      message:
        'the loss of step 3 was NaN (epoch 1, batch 3 of 5; learning rate 0.0300): computed again with the weights of step 4, the output of each layer is finite',
    });
    [run.params, run.optimizerState].forEach(disposeTree);
    expect(memory().numTensors).toBe(live);
  });

  it('names the first layer whose output is not finite, and saves no weights that are lost', async () => {
    const [checkpoints, onNotFinite] = [rememberedCheckpoints(), skipNotFinite()];
    for (const [name, policy] of [
      ['weight', undefined],
      ['embedding', onNotFinite],
    ] as const) {
      const optimizer = breaking(name, 4);
      const events = await collect(
        train(tinyRun({ optimizer, checkpoints, logEvery: 1, ...(policy && { onNotFinite }) })),
      );
      expect(brief(events)).toEqual(['step 1', 'step 2', 'step 3', 'step 4', 'stop 4']);
      const lost = policy ? '; the weights are not finite any more' : '';
      expect(events.at(-1)).toMatchObject({
        reason: 'not-finite',
        message: `the norm of the weights after step 4 was Infinity (epoch 1, batch 4 of 5; learning rate 0.0300): the first layer whose output is not finite is ${name}${lost}`,
      });
    }
    expect(checkpoints.saved).toEqual([]);
  });

  it('says so where only the gradient overflowed, and where the model shows no layers', async () => {
    const steep: LanguageModel = {
      ...sound,
      lossAndGradients(params, batch, context, into) {
        const sums = sound.lossAndGradients(params, batch, context, into);
        const { weight } = into;
        into.weight = tidy(() => mul(mul(weight, 1e38), 1e38));
        weight.dispose();
        return sums;
      },
    };
    const silent = { ...steep };
    delete silent.layerOutputs;
    const messages = [];
    for (const model of [steep, silent]) messages.push((await collect(train(tinyRun({ model })))).at(-1));
    const found = /^the gradient norm of step 1 was (Infinity|NaN) \(epoch 1, batch 1 of 5; learning rate 0.0300\): /;
    for (const message of messages) expect(message).toMatchObject({ message: expect.stringMatching(found) as string });
    expect(messages.map((event) => (event as StopEvent).message.replace(found, ''))).toEqual([
      'the output of each layer is finite, only the gradient is not',
      'the model does not show which layer it was',
    ]);
  });

  it('with skip goes on, but not more often than it may', async () => {
    const model: LanguageModel = {
      ...sound,
      lossAndGradients: (params, batch, context, into) =>
        overflowing(context.step % 3 === 0 ? context.step : 0).lossAndGradients(params, batch, context, into),
    };
    const onNotFinite = skipNotFinite({ maxSkips: 2 });
    const events = await collect(train(tinyRun({ model, onNotFinite, logEvery: 1 })));
    expect(events.at(-1)).toMatchObject({
      step: 9,
      reason: 'not-finite',
      message: expect.stringMatching(/; it is one of 3 such steps, at most 2 are skipped$/) as string,
    });
  });

  it('takes a batch in which no target counts for sound', async () => {
    const data = trainingData();
    const silent: BatchSource = {
      ...data,
      async *open(from) {
        for await (const batch of data.open(from)) {
          yield batch.next.batch === 2 ? { ...batch, targets: batch.targets.map(() => IGNORED_TARGET) } : batch;
        }
      },
    };
    const events = await collect(train(tinyRun({ data: silent, maxSteps: 4 })));
    expect(only(events, 'step').map(({ loss }) => Number.isNaN(loss))).toEqual([false, true, false, false]);
    expect(events.at(-1)).toMatchObject({ reason: 'max-steps' });
  });
});
