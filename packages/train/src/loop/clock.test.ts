import { useBackend } from '@sheep/backend';
import type { LanguageModel } from '@sheep/core';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tinyModel } from '../../test/tiny-model.js';
import { only, rememberedCheckpoints, tinyRun, validationData } from '../../test/tiny-run.js';
import { train } from './train.js';

const pass = (milliseconds: number): void => void vi.advanceTimersByTime(milliseconds);

/** A step takes 100 ms, a batch of validation 7 s. */
const timed: LanguageModel = {
  ...tinyModel(),
  loss(...args) {
    pass(7_000);
    return tinyModel().loss(...args);
  },
  lossAndGradients(...args) {
    pass(100);
    return tinyModel().lossAndGradients(...args);
  },
};

describe('the clock of a run', () => {
  beforeAll(async () => {
    await useBackend('js');
  });
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('measures the speed of steps alone, and as elapsed everything', async () => {
    const checkpoints = rememberedCheckpoints();
    const every = { logEvery: 3, evalEvery: 4, sampleEvery: 5, checkpointEvery: 7 };
    const run = train(
      tinyRun({
        ...every,
        model: timed,
        maxSteps: 9,
        validation: validationData(),
        async sample() {
          pass(20_000);
          return 'a text';
        },
        checkpoints: {
          async save(checkpoint) {
            pass(30_000);
            return checkpoints.save(checkpoint);
          },
        },
      }),
    );
    pass(60_000);
    const events = [];
    for await (const event of run) {
      events.push(event);
      pass(1_000);
    }
    // 16 tokens in 100 ms
    for (const { tokensPerSecond } of only(events, 'step')) expect(tokensPerSecond).toBeCloseTo(160, 6);
    expect(only(events, 'step')[0].elapsed).toBeCloseTo(0.1, 6);
    // 9 steps, 4 evaluations of 3 batches, 2 samples, the checkpoints, and a second for every event but the last.
    const total = 0.9 + 4 * 21 + 2 * 20 + 30 * checkpoints.saved.length + (events.length - 1);
    expect(events.at(-1)).toMatchObject({ type: 'stop', elapsed: expect.closeTo(total, 6) as number });
  });

  it('goes on from the time of the checkpoint', async () => {
    const checkpoints = rememberedCheckpoints();
    const run = train(tinyRun({ model: timed, stopAfter: 3, checkpoints }));
    for await (const _ of run);
    const [{ state }] = checkpoints.saved;
    expect(state.elapsed).toBeCloseTo(0.3, 6);
    pass(3_600_000);
    const { params, optimizerState } = run;
    const steps = [];
    for await (const event of train(tinyRun({ model: timed, from: { state, params, optimizerState }, logEvery: 1 }))) {
      if (event.type === 'step') steps.push(event.elapsed);
    }
    expect(steps.length).toBe(9);
    expect(steps[0]).toBeCloseTo(0.4, 6);
  });
});
