import { writeFile } from 'node:fs/promises';
import { SheepError } from '@sheep/core';
import { parse, stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { inEmptyFolder } from '../../test/run-main.js';
import type { Layer } from './layers.js';
import { commandLineLayers } from './layers-of-options.js';
import { readConfigFile } from './read.js';
import { resolveConfig } from './resolve.js';

function file(yaml: string): Layer {
  return { origin: 'my.yaml', values: parse(yaml) as Layer['values'], commandLine: false };
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof SheepError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const trainOf = (...set: string[]) => resolveConfig(commandLineLayers({ set })).train;

describe('resolveConfig', () => {
  it('has the defaults of the pico preset', () => {
    const config = resolveConfig([]);
    expect(config.model).toEqual({
      from: null,
      preset: 'pico',
      contextLength: 64,
      layerCount: 2,
      headCount: 4,
      embeddingSize: 128,
      feedForwardSize: 512,
      initializerRange: 0.06,
      dropout: 0,
    });
    expect(config.data).toEqual({
      paths: ['stories:1mb'],
      format: 'text',
      contextLength: null,
      validationFraction: 0.1,
      stride: 32,
    });
    expect(config.train.schedule).toEqual({ kind: 'cosine', warmupSteps: 60, minLearningRate: 8e-4 });
    expect(config.train.learningRate).toBe(8e-3);
    expect(config.name).toBe('pico-stories');
  });

  it('takes defaults, then the preset, then the file, then --set, then the option of the same key', () => {
    const yaml = 'model: { preset: tiny, layerCount: 3 }\nseed: 5\ntrain: { batchSize: 7, maxSteps: 20 }';
    const config = resolveConfig([
      file(yaml),
      ...commandLineLayers({ set: ['train.batchSize=9', 'train.maxSteps=30'], maxSteps: '40' }),
    ]);
    expect(config.model).toMatchObject({ preset: 'tiny', layerCount: 3, headCount: 6, embeddingSize: 192 });
    expect(config).toMatchObject({ seed: 5, train: { batchSize: 9, maxSteps: 40 } });
  });

  it('lets a preset of the command line replace all sizes of the file, and --set change them again', () => {
    const yaml =
      'model: { preset: nano, contextLength: 8, layerCount: 1, headCount: 1, embeddingSize: 8, feedForwardSize: 9, dropout: 0.5 }';
    const preset = commandLineLayers({ preset: 'small' });
    expect(resolveConfig([file(yaml), ...preset]).model).toEqual({
      from: null,
      preset: 'small',
      contextLength: 256,
      layerCount: 6,
      headCount: 6,
      embeddingSize: 384,
      feedForwardSize: 1536,
      initializerRange: 0.035,
      dropout: 0.5,
    });
    const both = commandLineLayers({ preset: 'small', set: ['model.layerCount=2'] });
    expect(resolveConfig([file(yaml), ...both]).model.layerCount).toBe(2);
  });

  it('takes a tenth of the usual rate for weights that are trained already, and all of it for LoRA', () => {
    const sizes =
      'preset: null, contextLength: 9, layerCount: 1, headCount: 1, embeddingSize: 400, initializerRange: 0.1';
    const yaml = `model: { from: ./my-gpt2, ${sizes} }`;
    expect(resolveConfig([file(yaml)])).toMatchObject({ name: 'my-gpt2-stories', train: { learningRate: 1e-4 } });
    const lora = resolveConfig([file(yaml), ...commandLineLayers({ set: ['train.lora.rank=4'] })]);
    expect(lora.train).toMatchObject({
      learningRate: 1e-3,
      lora: { rank: 4, alpha: 16, targets: ['*.attn.c_attn.weight'] },
    });
    expect(messageOf(() => resolveConfig([file('train: { lora: {} }')]))).toContain(
      'expected model.from, the weights that train.lora adapts, received null; add --from',
    );
    expect(messageOf(() => resolveConfig([file('model: { preset: null }')]))).toContain('choose a preset');
    expect(messageOf(() => resolveConfig([file('data: { contextLength: 65 }')]))).toContain(
      "expected data.contextLength to be at most the model's 64, received 65",
    );
  });

  it('derives what is left open from what is given', () => {
    const config = resolveConfig([
      file(
        'data: { paths: [texts/My Book.txt] }\nmodel: { embeddingSize: 64, contextLength: 9 }\ntrain: { learningRate: 2e-4 }',
      ),
    ]);
    expect(config.model.feedForwardSize).toBe(256);
    expect(config.data.stride).toBe(5);
    expect(config.train.schedule.minLearningRate).toBeCloseTo(2e-5, 12);
    expect(config.name).toBe('pico-My-Book');
  });

  it('has of the optimizer the settings of its kind, and a rate that suits it', () => {
    expect(trainOf().optimizer).toEqual({
      kind: 'adamw',
      betas: [0.9, 0.99],
      epsilon: 1e-8,
      weightDecay: 0.1,
      groups: [],
      averageDecay: null,
    });
    const lion = trainOf('train.optimizer.kind=lion', 'train.optimizer.weightDecay=0.3');
    expect(lion.optimizer).toEqual({
      kind: 'lion',
      betas: [0.9, 0.99],
      weightDecay: 0.3,
      groups: [],
      averageDecay: null,
    });
    expect(lion.learningRate).toBe(2.4e-3);
    expect(lion.schedule.minLearningRate).toBeCloseTo(2.4e-4, 12);
    expect(() => trainOf('train.optimizer.kind=lion', 'train.optimizer.epsilon=1')).toThrow('received epsilon');
  });

  it('reads the value of --set as YAML', () => {
    const set = ['train.optimizer.betas=[0.8, 0.95]', 'train.maxSteps=null', 'train.maxEpochs=2', 'data.paths=[a, b]'];
    const config = resolveConfig(commandLineLayers({ set }));
    expect(config.train).toMatchObject({ maxSteps: null, maxEpochs: 2, optimizer: { betas: [0.8, 0.95] } });
    expect(config.data.paths).toEqual(['a', 'b']);
  });

  it('comes back the same from the file that a run writes', () => {
    const config = resolveConfig(commandLineLayers({ preset: 'tiny', learningRate: '3e-4', data: ['a b.txt'] }));
    expect(resolveConfig([file(stringify(config))])).toEqual(config);
  });

  it.each([
    ['train: { bacthSize: 3 }', "received 'train.bacthSize'; did you mean 'train.batchSize'?"],
    ['learning_rate: 1', "received 'learning_rate'; did you mean 'train.learningRate'?"],
    ['modle: {}', "received 'modle'; did you mean 'model"],
    ['zzzzzz: 1', "received 'zzzzzz'; see 'sheep train --help'"],
    ['__proto__: { a: 1 }', "received '__proto__'"],
    ['train: { learningRate: .nan }', 'expected train.learningRate to be a number, received NaN'],
    ['train: { learningRate: fast }', 'expected train.learningRate to be a number, received "fast"'],
    ['train: { learningRate: -1 }', 'expected train.learningRate to be a number above 0, received -1'],
    ['train: { batchSize: 1.5 }', 'expected train.batchSize to be a whole number, received 1.5'],
    [
      'train: { optimizer: { betas: [0.9, 1] } }',
      'expected train.optimizer.betas.1 to be a number below 1, received 1',
    ],
    ['train: { optimizer: { betas: [0.9] } }', 'expected train.optimizer.betas to be a list of at least 2 values'],
    ['train: 3', 'expected train to be a group of keys, received 3'],
    ['data: { paths: [] }', 'expected data.paths to be a list of at least 1 values, received []'],
    ['model: { preset: nanno }', 'received "nanno"; did you mean \'nano\'?'],
    ['backend: gpu', 'expected backend to be one of auto, cpu, wasm, tfjs-wasm, js, received "gpu"'],
    ['name: a/b', 'expected name to be a name without slashes, received "a/b"'],
    ['name: ..', 'expected name to be a name without slashes'],
  ])('refuses %s and says why in one line', (yaml, message) => {
    const found = messageOf(() => resolveConfig([file(yaml)]));
    expect(found).toContain(`reading my.yaml: expected`);
    expect(found).toContain(message);
  });

  it.each([
    [['train.maxSteps=null'], 'expected train.maxSteps or train.maxEpochs, received null for both'],
    [['train.schedule.minLearningRate=1'], 'minLearningRate to be at most train.learningRate, 0.008, received 1'],
    [
      ['train.schedule.cycles=2'],
      'expected no settings, as cosine has none, received cycles; leave cycles out, or take',
    ],
    [
      ['train.schedule.kind=piecewise', 'train.schedule.decaySteps=2'],
      'settings of piecewise: boundaries, factor, received',
    ],
    [['model.headCount=3'], 'expected embeddingSize to be a multiple of headCount'],
  ])('refuses what does not fit together: %j', (set, message) => {
    expect(messageOf(() => resolveConfig(commandLineLayers({ set })))).toContain(message);
  });

  it('names the option that a wrong value is from', () => {
    const layers = [file('train: { learningRate: 1 }'), ...commandLineLayers({ learningRate: 'NaN' })];
    expect(messageOf(() => resolveConfig(layers))).toContain('reading --learning-rate: expected train.learningRate');
  });
});

describe('--set', () => {
  it.each([
    ['train.batchsize=3', "reading --set train.batchsize=3: expected a known key, received 'train.batchsize'"],
    ['train.batchSize.x=3', "received 'train.batchSize.x'"],
    ['__proto__.a=1', "received '__proto__'"],
    ['=3', "expected key.path=value, received '=3'"],
    ['seed', "expected key.path=value, received 'seed'"],
    ['seed=[1', 'expected a value as YAML'],
  ])('refuses %s', (text, message) => {
    expect(messageOf(() => commandLineLayers({ set: [text] }))).toContain(message);
  });
});

describe('readConfigFile', () => {
  inEmptyFolder();

  it.each([
    ['- a\n- b', 'received a list'],
    ['just text', 'received a string'],
    ['a: [1\nb: 2', 'reading my.yaml: expected a YAML file of configuration keys'],
    ['a: 1\na: 2', 'Map keys must be unique'],
    ['a: &a [x]\nb: [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]', 'Excessive alias count'],
  ])('refuses %j', async (text, message) => {
    await writeFile('my.yaml', text);
    await expect(readConfigFile('my.yaml')).rejects.toThrow(message);
  });

  it('takes an empty file for all defaults', async () => {
    await writeFile('my.yaml', '# nothing yet\n');
    expect(resolveConfig([await readConfigFile('my.yaml')])).toEqual(resolveConfig([]));
  });
});
