import { useBackend } from '@sheep/backend';
import type { LanguageModel } from '@sheep/core';

import { beforeAll, describe, expect, it } from 'vitest';
import { tinyModel } from '../../test/tiny-model.js';
import {
  brief,
  collect,
  only,
  rememberedCheckpoints,
  tinyOptimizer,
  tinyRun,
  validationData,
} from '../../test/tiny-run.js';
import { lossSpike } from '../rules/loss-spike.js';
import { maxMinutes } from '../rules/max-minutes.js';
import { patience } from '../rules/patience.js';
import type { Rule } from '../rules/rule.js';
import { target } from '../rules/target.js';
import { constant, join } from '../schedules/schedules.js';
import type { TrainOptions, TrainRun } from './options.js';
import { START } from './progress.js';
import { train } from './train.js';

const stepsToldOf = (events: readonly string[]) => events.filter((event) => event.startsWith('step'));
const countTo = (last: number) => Array.from({ length: last }, (_, i) => `step ${i + 1}`);

/** A run that can be stopped from within its own options. */
function selfStopping(options: (stop: () => void) => Partial<TrainOptions>): TrainRun {
  const run: TrainRun = train(tinyRun(options(() => run.stop('signal'))));
  return run;
}

describe('a run stops', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('after maxSteps', async () => {
    const events = await collect(train(tinyRun({ maxSteps: 7, maxEpochs: 2 })));
    expect(events.at(-1)).toMatchObject({ type: 'stop', step: 7, reason: 'max-steps', message: 'reached 7 steps' });
  });

  it('after maxEpochs', async () => {
    const events = await collect(train(tinyRun({ maxSteps: 70, maxEpochs: 2 })));
    expect(events.at(-1)).toMatchObject({ type: 'stop', step: 10, reason: 'max-epochs', message: 'reached 2 epochs' });
  });

  it('when patience is at its end, in the step of that evaluation, with all that ends a run', async () => {
    const options = {
      validation: validationData(),
      evalEvery: 1,
      stopWhen: [patience({ evaluations: 2 })],
      logEvery: 1,
    };
    const ends = { sample: async () => 'a text', checkpoints: rememberedCheckpoints() };
    const events = await collect(train(tinyRun({ schedule: constant(0), ...options, ...ends })));
    expect(brief(events).join(', ')).toBe(
      'step 1, eval 1 best, checkpoint 1 best, step 2, eval 2, step 3, eval 3, sample 3, checkpoint 3, stop 3',
    );
    const [{ loss }] = only(events, 'eval');
    const message = `eval.loss has not improved for 2 evaluations: the last was ${loss} at step 1`;
    expect(events.at(-1)).toMatchObject({ reason: 'patience', message });
  });

  it('when the loss falls by less than minDelta, though each is the best', async () => {
    const options = {
      validation: validationData(),
      evalEvery: 1,
      stopWhen: [patience({ evaluations: 3, minDelta: 1 })],
    };
    const events = await collect(train(tinyRun(options)));
    expect(only(events, 'eval').map(({ best }) => best)).toEqual([true, true, true, true]);
    expect(events.at(-1)).toMatchObject({ step: 4, reason: 'patience' });
  });

  it('at the first of several rules that has a verdict, with its name and value', async () => {
    const rules = [target({ value: 1.9 }), patience({ evaluations: 3 }), maxMinutes(60)];
    const events = await collect(
      train(tinyRun({ validation: validationData(), evalEvery: 2, stopWhen: rules, maxSteps: 100 })),
    );
    const { step, loss } = only(events, 'eval').at(-1)!;
    expect(only(events, 'eval').map((one) => one.loss <= 1.9)).toEqual([
      ...only(events, 'eval')
        .slice(1)
        .map(() => false),
      true,
    ]);
    const message = `eval.loss is ${loss} at step ${step}, the target was 1.9`;
    expect(events.at(-1)).toMatchObject({ type: 'stop', step, reason: 'target', message });
  });

  it('by a rule of the user, shown every measurement in order', async () => {
    const rule: Rule<number> = {
      name: 'three-readings',
      start: 0,
      isState: (value) => Number.isSafeInteger(value),
      observe: (state, { type }) => (type === 'eval' || type === 'epoch' ? state + 1 : state),
      verdict: (state) => (state >= 3 ? `${state} readings` : undefined),
    };
    const checkpoints = rememberedCheckpoints();
    const options = { validation: validationData(), evalEvery: 4, stopWhen: [rule], checkpoints };
    const events = await collect(train(tinyRun(options)));
    expect(events.at(-1)).toMatchObject({ step: 5, reason: 'three-readings', message: '3 readings' });
    expect(checkpoints.saved.at(-1)?.state.rules).toEqual({ 'three-readings': 3 });
  });

  it('after so many minutes, with the step in which they end and a checkpoint', async () => {
    const checkpoints = rememberedCheckpoints();
    const start = { state: { ...START, elapsed: 3 }, params: tinyModel().init(1) };
    const from = { ...start, optimizerState: tinyOptimizer().init(start.params) };
    const model: LanguageModel = {
      ...tinyModel(),
      lossAndGradients(params, batch, context, into) {
        // Busy, as a large model is.
        for (const end = performance.now() + 20; performance.now() < end;);
        return tinyModel().lossAndGradients(params, batch, context, into);
      },
    };
    const run = train(
      tinyRun({ model, from, checkpoints, stopWhen: [maxMinutes(3.05 / 60)], logEvery: 1000, maxSteps: 1000 }),
    );
    const events = await collect(run);
    const { step } = events.at(-1)!;
    expect(step).toBeLessThanOrEqual(3);
    expect(brief(events)).toEqual([...countTo(step), `checkpoint ${step}`, `stop ${step}`]);
    expect(events.at(-1)).toMatchObject({ reason: 'max-minutes' });
  });

  it('keeping the best by the metric it is told', async () => {
    const checkpoints = rememberedCheckpoints();
    const options = { validation: validationData(), evalEvery: 1, checkpoints, bestBy: 'eval.accuracy' } as const;
    const evals = only(await collect(train(tinyRun(options))), 'eval');
    let highest = -Infinity;
    for (const { best, accuracy } of evals) {
      expect(best).toBe(accuracy > highest);
      highest = Math.max(highest, accuracy);
    }
    expect(new Set(evals.map(({ best }) => best)).size).toBe(2);
    expect(checkpoints.saved.at(-1)?.state.best?.value).toBe(highest);
    const byEpoch = rememberedCheckpoints();
    const means = only(await collect(train(tinyRun({ checkpoints: byEpoch, bestBy: 'epoch.loss' }))), 'epoch');
    expect(byEpoch.saved.map(({ state, best }) => [state.step, best, state.best?.value])).toEqual([
      [5, true, means[0].loss],
      [10, true, means[1].loss],
      [12, false, means[1].loss],
    ]);
  });

  it('having given advice once, where it was due', async () => {
    const jump = join(join(constant(0.001), 8, constant(3)), 9, constant(0.001));
    const advice = [lossSpike({ window: 5, deviations: 3, remedy: 'lower it' })];
    const events = await collect(train(tinyRun({ schedule: jump, advice, logEvery: 1, maxSteps: 16 })));
    expect(only(events, 'advice')).toMatchObject([{ step: 10, topic: 'loss-spike' }]);
    expect(brief(events).indexOf('advice 10')).toBe(brief(events).indexOf('step 10') + 1);
    expect(only(events, 'advice')[0].message).toMatch(/^the training loss rose to .* at step 10, .*: .* lower it$/);
  });

  it('after stopAfter, with a checkpoint and nothing else that was not due', async () => {
    const checkpoints = rememberedCheckpoints();
    const texts = { sample: async () => 'a text', sampleEvery: 100 };
    const options = tinyRun({ stopAfter: 3, validation: validationData(), evalEvery: 100, checkpoints, ...texts });
    const events = await collect(train(options));
    expect(brief(events)).toEqual(['step 1', 'step 2', 'step 3', 'checkpoint 3', 'stop 3']);
    expect(events.at(-1)).toMatchObject({ reason: 'paused', message: 'paused after step 3' });
    expect(checkpoints.saved).toMatchObject([
      { best: false, state: { step: 3, position: { epoch: 0, batch: 3 }, tokens: 48, best: null } },
    ]);
  });

  it('on request at the end of the step under way, with a checkpoint', async () => {
    const run = selfStopping((stop) => ({
      checkpoints: rememberedCheckpoints(),
      schedule(step) {
        if (step === 4) setImmediate(stop);
        return 0.01;
      },
    }));
    const events = await collect(run);
    expect(brief(events)).toEqual([...countTo(4), 'checkpoint 4', 'stop 4']);
    expect(events.at(-1)).toMatchObject({ reason: 'signal', message: 'stopped by a signal after step 4' });
  });

  it('on request of what handles an event, at that step', async () => {
    const run = train(tinyRun({ logEvery: 2, checkpoints: rememberedCheckpoints() }));
    const events = [];
    for await (const event of run) {
      events.push(event);
      if (event.step === 2) run.stop();
    }
    expect(brief(events)).toEqual(['step 1', 'step 2', 'checkpoint 2', 'stop 2']);
    expect(events.at(-1)).toMatchObject({ reason: 'requested' });
  });

  it('on a request while the validation text is read, after that evaluation', async () => {
    const validation = validationData();
    const run = selfStopping((stop) => ({
      checkpoints: rememberedCheckpoints(),
      evalEvery: 3,
      validation: {
        ...validation,
        open() {
          setImmediate(stop);
          return validation.open();
        },
      },
    }));
    expect(brief(await collect(run))).toEqual([...countTo(3), 'eval 3 best', 'checkpoint 3 best', 'stop 3']);
  });

  it('on a request while a text is made, with every step told', async () => {
    const run = selfStopping((stop) => ({
      checkpoints: rememberedCheckpoints(),
      sampleEvery: 3,
      async sample() {
        stop();
        return 'a text';
      },
    }));
    const events = await collect(run);
    expect(brief(events)).toEqual([...countTo(3), 'sample 3', 'checkpoint 3', 'stop 3']);
  });

  it('keeps the first reason that was given', async () => {
    const run = train(tinyRun());
    run.stop('signal');
    run.stop('requested');
    expect(await collect(run)).toMatchObject([{ type: 'stop', step: 0, reason: 'signal' }]);
  });

  it('without a checkpoint where the iteration is left, and cannot be iterated again', async () => {
    const checkpoints = rememberedCheckpoints();
    const run = train(tinyRun({ logEvery: 1, checkpoints }));
    for await (const { step } of run) if (step === 2) break;
    expect(await collect(run)).toEqual([]);
    expect(checkpoints.saved).toEqual([]);
  });

  it('with an error where the data ends', async () => {
    const run = train(
      tinyRun({
        data: {
          batchesPerEpoch: 5,
          async *open() {
            for await (const batch of tinyRun().data.open()) {
              if (batch.next.batch === 0) return;
              yield batch;
            }
          },
        },
      }),
    );
    await expect(collect(run)).rejects.toThrow('taking step 5: expected batches without end, epoch after epoch');
  });

  it('having given the event loop a turn at every step', async () => {
    let [turns, fired] = [0, false];
    const count = () => {
      turns += 1;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    const timer = setTimeout(() => (fired = true), 1);
    const events = brief(await collect(train(tinyRun({ maxSteps: 40, logEvery: 100 }))));
    clearImmediate(immediate);
    clearTimeout(timer);
    expect(stepsToldOf(events).length).toBe(40);
    expect(turns).toBeGreaterThanOrEqual(40);
    expect(fired).toBe(true);
  });
});
