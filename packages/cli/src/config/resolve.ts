import { basename, extname } from 'node:path';
import { SheepError } from '@sheep/core';
import { checkGptConfig, presets, type PresetName, type PresetSizes } from '@sheep/model';
import { checkScheduleSettings, learningRateScaleOf, optimizerSettingsOf } from '@sheep/train';
import { explain } from './explain.js';
import { type Layer, mergeLayers } from './layers.js';
import { configSchema, type ConfigFile, type RunConfig } from './schema.js';

/** The peak learning rate of each size with AdamW, where none is given: the larger the model, the smaller. */
const learningRates: Record<PresetName, number> = {
  pico: 8e-3,
  nano: 4e-3,
  tiny: 2e-3,
  small: 1e-3,
  gpt2: 6e-4,
  'gpt2-medium': 3e-4,
};

/** Of a fine-tuning's usual rate, by the width of the model: that of a preset as wide. */
function rateOfWidth(width: number): number {
  const names = Object.keys(presets) as PresetName[];
  return learningRates[names.findLast((name) => presets[name].embeddingSize <= width) ?? 'pico'];
}

/** From scratch what suits the preset; a tenth of it for weights that are trained already, which LoRA's factors are not. */
function usualRate({ model, train }: ConfigFile, { embeddingSize }: RunConfig['model']): number {
  if (model.preset !== null) return learningRates[model.preset];
  return rateOfWidth(embeddingSize) / (train.lora === null ? 10 : 1);
}

function nameOf(path: string, fallback: string): string {
  const plain = basename(path, extname(path)).replaceAll(/[^\p{L}\p{N}._-]+/gu, '-');
  return plain.replace(/^[.-]+/, '') || fallback;
}

function defaultName({ data, model }: Pick<ConfigFile, 'data' | 'model'>): string {
  const first = data.paths[0].startsWith('stories:') ? 'stories' : nameOf(data.paths[0], 'data');
  return `${model.preset ?? nameOf(model.from ?? '', 'model')}-${first}`;
}

function modelSizes({ model }: Pick<ConfigFile, 'model'>): RunConfig['model'] {
  const sizes = model.preset === null ? undefined : presets[model.preset];
  const size = (name: keyof PresetSizes): number => {
    const value = model[name] ?? sizes?.[name];
    if (value !== undefined) return value;
    throw inconsistent(`model.preset, model.from or model.${name}`, 'none of them', 'choose a preset');
  };
  const embeddingSize = size('embeddingSize');
  return {
    from: model.from,
    preset: model.preset,
    contextLength: size('contextLength'),
    layerCount: size('layerCount'),
    headCount: size('headCount'),
    embeddingSize,
    feedForwardSize: model.feedForwardSize ?? 4 * embeddingSize,
    initializerRange: size('initializerRange'),
    dropout: model.dropout,
  };
}

function optimizerOf({ kind, groups, averageDecay, ...given }: ConfigFile['train']['optimizer']) {
  return { kind, ...optimizerSettingsOf(kind, given), groups, averageDecay };
}

/** Three digits are enough: 0.1 times 6e-4 is none that people read. */
const rounded = (rate: number): number => Number(rate.toPrecision(3));

function inconsistent(expected: string, received: string, remedy: string): SheepError {
  return new SheepError('bad-option', { doing: 'checking the configuration', expected, received, remedy });
}

/** Rules between keys. What only the model or the data can know, they check when they are made. */
function checkTogether({ data, model, train }: RunConfig): void {
  const { minLearningRate } = train.schedule;
  // What this size is comes from the data; the others can be checked without.
  checkGptConfig({ ...model, vocabSize: 1 });
  checkScheduleSettings(train.schedule);
  if (train.maxSteps === null && train.maxEpochs === null) {
    throw inconsistent('train.maxSteps or train.maxEpochs', 'null for both', 'give one of them');
  }
  if (data.contextLength !== null && data.contextLength > model.contextLength) {
    const expected = `data.contextLength to be at most the model's ${model.contextLength}`;
    throw inconsistent(expected, String(data.contextLength), 'give a smaller one');
  }
  if (train.lora !== null && model.from === null) {
    throw inconsistent('model.from, the weights that train.lora adapts', 'null', 'add --from with a folder of weights');
  }
  if (minLearningRate > train.learningRate) {
    throw inconsistent(
      `train.schedule.minLearningRate to be at most train.learningRate, ${train.learningRate}`,
      String(minLearningRate),
      `add --set train.schedule.minLearningRate=${train.learningRate / 10}`,
    );
  }
}

/**
 * Checks what layers say and fills in all that they leave open, so that every value is there.
 *
 * @param layers the lowest first; the schema's defaults and the preset lie below them.
 * @throws SheepError `bad-option` with the first thing that is wrong, its key and where it is from.
 */
export function resolveConfig(layers: readonly Layer[]): RunConfig {
  const merged = mergeLayers(layers);
  const parsed = configSchema.safeParse(merged);
  if (!parsed.success) throw explain(parsed.error.issues[0], layers, merged);
  const { name, ...file } = parsed.data;
  const model = modelSizes(file);
  const optimizer = optimizerOf(file.train.optimizer);
  const suitable = rounded(usualRate(parsed.data, model) * learningRateScaleOf(optimizer.kind));
  const learningRate = file.train.learningRate ?? suitable;
  const minLearningRate = file.train.schedule.minLearningRate ?? learningRate / 10;
  const config: RunConfig = {
    name: name ?? defaultName(file),
    ...file,
    data: { ...file.data, stride: file.data.stride ?? Math.ceil((file.data.contextLength ?? model.contextLength) / 2) },
    model,
    train: { ...file.train, learningRate, schedule: { ...file.train.schedule, minLearningRate }, optimizer },
  };
  checkTogether(config);
  return config;
}
