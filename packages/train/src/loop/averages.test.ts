import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@sheep/backend';
import { treeToSafetensors, type ParamTree } from '@sheep/core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bitsOf } from '../../test/optimizing.js';
import { tinyModel } from '../../test/tiny-model.js';
import { bytesOf, collect, only, readParams, tinyOptimizer, tinyRun, validationData } from '../../test/tiny-run.js';
import { evaluate } from '../evaluate.js';
import { checkpointFolder, findCheckpoint, readCheckpoint, readOptimizerState, readTrainingWeights } from '../node.js';
import { averaged } from '../optimizers/averaged.js';
import type { TrainOptions, TrainStart } from './options.js';
import { train } from './train.js';

const optimizer = () => averaged(tinyOptimizer(), { decay: 0.8 });
const options = (given: Partial<TrainOptions> = {}) =>
  tinyRun({ model: tinyModel(0.3), optimizer: optimizer(), validation: validationData(), ...given });

describe('a run that averages its weights', () => {
  let folder: string;
  beforeAll(async () => {
    await useBackend('js');
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sheep-averages-'));
    return () => rm(folder, { recursive: true });
  });

  const checkpoints = () => checkpointFolder(folder, { keep: 1, files: {} });

  async function readStart(): Promise<TrainStart> {
    const path = (await findCheckpoint(folder))!;
    const params = await readParams(path);
    await readTrainingWeights(path, params);
    const optimizerState = await readOptimizerState(path, optimizer(), params);
    return { state: (await readCheckpoint(path)).state, params, optimizerState };
  }

  it('evaluates, samples and publishes the averages, and trains the weights', async () => {
    const sampled: unknown[] = [];
    const sample = async (params: ParamTree) => `${sampled.push(bitsOf(params))}`;
    const run = train(options({ sample, checkpoints: checkpoints() }));
    const { loss } = only(await collect(run), 'eval').at(-1)!;
    const averages = Object.entries(run.weights);
    expect(averages.map(([name]) => name)).toEqual(Object.keys(run.params));
    for (const [name, average] of averages) expect(average).toBe(run.optimizerState[`average/${name}`]);
    expect(loss).toBe((await evaluate(tinyModel(), run.weights, validationData())).loss);
    expect(loss).not.toBe((await evaluate(tinyModel(), run.params, validationData())).loss);
    expect(sampled).toEqual([bitsOf(run.weights)]);

    const path = (await findCheckpoint(folder))!;
    const [published, training] = await Promise.all(
      ['model', 'training'].map((name) => readFile(join(path, `${name}.safetensors`))),
    );
    expect(published).toEqual(Buffer.from(await treeToSafetensors(run.weights)));
    expect(training).toEqual(Buffer.from(await treeToSafetensors(run.params)));
    expect(training).not.toEqual(published);
  });

  it('goes on from a checkpoint to the same bits', async () => {
    const through = train(options());
    await collect(through);
    await collect(train(options({ stopAfter: 7, checkpoints: checkpoints() })));
    const resumed = train(options({ from: await readStart() }));
    await collect(resumed);
    expect(await bytesOf(resumed)).toEqual(await bytesOf(through));
  });

  it('refuses the weights of another model, and leaves what it was given', async () => {
    await collect(train(options({ stopAfter: 1, checkpoints: checkpoints() })));
    const path = (await findCheckpoint(folder))!;
    const { bias, ...rest } = await readParams(path);
    const before = bitsOf(rest);
    await expect(readTrainingWeights(path, rest)).rejects.toMatchObject({ code: 'mismatch' });
    await expect(readTrainingWeights(path, { ...rest, other: bias })).rejects.toThrow('training.safetensors');
    expect(bitsOf(rest)).toEqual(before);
  });
});

it('a run without averages publishes the weights that it trains, once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sheep-averages-'));
  const run = train(tinyRun({ maxSteps: 1, checkpoints: checkpointFolder(folder, { keep: 1, files: {} }) }));
  await collect(run);
  expect(run.weights).toBe(run.params);
  expect(await readdir((await findCheckpoint(folder))!)).not.toContain('training.safetensors');
  await rm(folder, { recursive: true });
});
