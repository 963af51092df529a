import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@sheep/backend';
import { readSafetensors, toFloat32, type ParamTree } from '@sheep/core';
import { tensor, tidy, variable } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tinyModel } from '../../test/tiny-model.js';
import {
  brief,
  bytesOf,
  collect,
  only,
  timeless,
  tinyOptimizer,
  tinyRun,
  trainingData,
  validationData,
} from '../../test/tiny-run.js';
import { checkpointFolder, findCheckpoint, readCheckpoint, readOptimizerState } from '../node.js';
import type { TrainOptions, TrainStart } from './options.js';
import { train } from './train.js';
import { backendsHere } from '../../../../test/backends-here.js';

const options = (given: Partial<TrainOptions> = {}) =>
  tinyRun({ model: tinyModel(0.3), validation: validationData(), evalEvery: 4, logEvery: 3, ...given });

async function readParams(folder: string): Promise<ParamTree> {
  const { tensors } = readSafetensors(await readFile(join(folder, 'model.safetensors')));
  return tidy(() =>
    Object.fromEntries(
      [...tensors].map(([name, stored]) => [name, variable(tensor(toFloat32(stored), [...stored.shape]))]),
    ),
  );
}

async function readStart(folder: string): Promise<TrainStart> {
  const checkpoint = (await findCheckpoint(folder))!;
  const { state } = await readCheckpoint(checkpoint);
  const params = await readParams(checkpoint);
  return { state, params, optimizerState: await readOptimizerState(checkpoint, tinyOptimizer(), params) };
}

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
    const still = { schedule: () => 0, earlyStopping: { patience: 2 } };
    await collect(train(options({ ...still, checkpoints: checkpoints() })));
    const events = await collect(train(options({ ...still, from: await readStart(folder) })));
    expect(events).toMatchObject([{ type: 'stop', step: 8, reason: 'patience' }]);
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
