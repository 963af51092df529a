import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@sheep/backend';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readStart } from '../../test/read-start.js';
import { tinyModel } from '../../test/tiny-model.js';
import { brief, bytesOf, collect, only, timeless, tinyRun, trainingData, validationData } from '../../test/tiny-run.js';
import { checkpointFolder } from '../node.js';
import { lossSpike } from '../rules/loss-spike.js';
import { maxMinutes } from '../rules/max-minutes.js';
import { overfitting } from '../rules/overfitting.js';
import { patience } from '../rules/patience.js';
import type { TrainOptions } from './options.js';
import { train } from './train.js';
import { backendsHere } from '../../../../test/backends-here.js';

const options = (given: Partial<TrainOptions> = {}) =>
  tinyRun({ model: tinyModel(0.3), validation: validationData(), evalEvery: 4, logEvery: 3, ...given });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheep-train-'));
  return () => rm(folder, { recursive: true });
});

const checkpoints = () => checkpointFolder(folder, { keep: 2, files: {} });

describe.each(backendsHere)('a run on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it('gives the same bytes and events twice with one seed, others with another', async () => {
    const results = [];
    for (const seed of [5, 5, 6]) {
      const run = train(options({ seed }));
      results.push({ events: timeless(await collect(run)), bytes: await bytesOf(run) });
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2].bytes.params.equals(results[0].bytes.params)).toBe(false);
  });

  // In an epoch, at its end, with an evaluation, one step before the end.
  it.each([3, 5, 8, 11])(
    'paused after step %d goes on to the bytes and events of one that ran through',
    async (pause) => {
      const through = train(options());
      const expected = await collect(through);

      const before = await collect(train(options({ stopAfter: pause, checkpoints: checkpoints() })));
      expect(before.at(-1)).toMatchObject({ type: 'stop', step: pause, reason: 'paused' });
      const from = await readStart(folder);
      expect(from.state.step).toBe(pause);
      const resumed = train(options({ from }));
      const after = await collect(resumed);

      const told = [...before, ...after].filter(
        ({ type, step }) => type !== 'checkpoint' && !(type === 'stop' && step === pause),
      );
      expect(timeless(told)).toEqual(timeless(expected));
      expect(await bytesOf(resumed)).toEqual(await bytesOf(through));
    },
  );
});

describe('resuming', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('says at once why a run that is finished is, and does nothing', async () => {
    await collect(train(options({ checkpoints: checkpoints() })));
    const run = train(options({ from: await readStart(folder) }));
    const before = await bytesOf(run);
    expect(await collect(run)).toMatchObject([{ type: 'stop', step: 12, reason: 'max-steps' }]);
    expect(await bytesOf(run)).toEqual(before);
  });

  it('goes on where there are more steps now', async () => {
    await collect(train(options({ checkpoints: checkpoints() })));
    const events = await collect(train(options({ from: await readStart(folder), maxSteps: 14 })));
    expect(only(events, 'step').map(({ step }) => step)).toEqual([13, 14]);
  });

  it('says at once that a run out of patience is', async () => {
    const still = { schedule: () => 0, stopWhen: [patience({ evaluations: 2 })] };
    await collect(train(options({ ...still, checkpoints: checkpoints() })));
    const events = await collect(train(options({ ...still, from: await readStart(folder) })));
    expect(events).toMatchObject([{ type: 'stop', step: 8, reason: 'patience' }]);
  });

  it.each([5, 6, 9])(
    'in the middle of patience, paused after step %d, ends where a run that went through does',
    async (pause) => {
      // A rate of 0 from step 5 on: the evaluations at 5, 8 and 10 are no improvements.
      const slowing = {
        schedule: (step: number) => (step < 5 ? 0.03 : 0),
        stopWhen: [patience({ evaluations: 3 }), patience({ epochs: 2 }), maxMinutes(60)],
        advice: [lossSpike({ window: 2 }), overfitting({ evaluations: 1 })],
        maxSteps: 40,
      };
      const expected = await collect(train(options(slowing)));
      expect(expected.at(-1)).toMatchObject({ step: 10, reason: 'patience' });
      const before = await collect(train(options({ ...slowing, stopAfter: pause, checkpoints: checkpoints() })));
      const after = await collect(train(options({ ...slowing, from: await readStart(folder) })));
      const told = [...before, ...after].filter(
        ({ type, step }) => type !== 'checkpoint' && !(type === 'stop' && step === pause),
      );
      expect(timeless(told)).toEqual(timeless(expected));
    },
  );

  it('refuses what a rule never notes', async () => {
    await collect(train(options({ stopAfter: 5, checkpoints: checkpoints() })));
    const from = await readStart(folder);
    const other = { ...from, state: { ...from.state, rules: { patience: { best: 'x' } } } };
    await expect(collect(train(options({ from: other, stopWhen: [patience({ epochs: 1 })] })))).resolves.toBeDefined();
    await expect(collect(train(options({ from: other, stopWhen: [patience({ evaluations: 1 })] })))).rejects.toThrow(
      `expected what the rule 'patience' notes, received {"best":"x"}`,
    );
  });

  it.each([2, 5])('with stopAfter %d at a later or the same step pauses at once', async (stopAfter) => {
    await collect(train(options({ stopAfter: 5, checkpoints: checkpoints() })));
    const events = await collect(train(options({ from: await readStart(folder), stopAfter })));
    expect(brief(events)).toEqual(['stop 5']);
    expect(events).toMatchObject([{ reason: 'paused' }]);
  });

  it('refuses a position that the data does not have', async () => {
    const { state, ...trees } = await collect(train(options({ stopAfter: 4, checkpoints: checkpoints() }))).then(() =>
      readStart(folder),
    );
    const from = { ...trees, state: { ...state, position: { epoch: 0, batch: trainingData().batchesPerEpoch } } };
    await expect(collect(train(options({ from })))).rejects.toThrow('going to a position in the data');
  });
});
