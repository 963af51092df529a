import { SheepError, type Tokenizer } from '@sheep/core';
import {
  countNumbers,
  gpt,
  isLoraParameter,
  lora,
  loraShapes,
  parameterSpecs,
  peftModules,
  type Gpt,
  type LoraSizes,
  type NamedShape,
} from '@sheep/model';
import { readModelConfig, readParameters } from '@sheep/model/node';
import { matchesName } from '@sheep/train';
import type { RunConfig } from '../config/schema.js';

/** The adapter that a run trains. */
export interface PlannedAdapter extends LoraSizes {
  /** The matrices that it adapts. */
  readonly names: readonly string[];
}

/** The model of a run and what of it is trained. */
export interface PlannedModel {
  readonly model: Gpt;
  readonly adapter: PlannedAdapter | undefined;
  /** The parameters that are trained, by name; undefined for all. */
  readonly trainable: ((name: string) => boolean) | undefined;
  /** How many numbers there are, and how many of them are trained. */
  readonly parameterCount: number;
  readonly trainedCount: number;
}

/** The model of a folder, whose fresh parameters are those in it. */
function modelOfFolder(folder: string, { model, train }: RunConfig): Gpt {
  const config = readModelConfig(folder);
  const { gradientCheckpointing } = train;
  const made = gpt({ ...config, dropout: model.dropout }, { gradientCheckpointing });
  return { ...made, init: () => readParameters(folder, config) };
}

function freshModel({ model, train }: RunConfig, { vocabSize, endOfText }: Tokenizer): Gpt {
  const { preset: _, from: __, ...sizes } = model;
  const { gradientCheckpointing } = train;
  return gpt({ ...sizes, vocabSize, ...(endOfText === undefined ? {} : { endOfText }) }, { gradientCheckpointing });
}

/** @throws SheepError `bad-option` for a pattern that no name fits. */
function checkPatterns(key: string, patterns: readonly string[], shapes: readonly NamedShape[]): void {
  const idle = patterns.find((pattern) => !shapes.some(({ name }) => matchesName(pattern, name)));
  if (idle === undefined) return;
  const some = [shapes[0], shapes[shapes.length >> 1], shapes[shapes.length - 1]].map(({ name }) => name);
  throw new SheepError('bad-option', {
    doing: `reading ${key}`,
    expected: `patterns of parameters, of which some are ${some.join(', ')}`,
    received: `'${idle}', which fits none`,
    remedy: 'write * where any characters may stand, as in transformer.h.0.*',
  });
}

const fitsAny = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => matchesName(pattern, name));

/** The model with an adapter beside its matrices. */
function adapt(model: Gpt, { targets, ...sizes }: NonNullable<RunConfig['train']['lora']>) {
  const specs = parameterSpecs(model.config);
  const matrices = specs.filter(({ shape }) => shape.length === 2);
  checkPatterns('train.lora.targets', targets, matrices);
  const options = { ...sizes, targets: (name: string) => fitsAny(targets, name) };
  const names = matrices.map(({ name }) => name).filter(options.targets);
  peftModules(names);
  return { model: lora(model, options), adapter: { ...sizes, names }, added: loraShapes(specs, options) };
}

function checkTrained(trained: readonly NamedShape[]): void {
  if (trained.length > 0) return;
  const [expected, received] = ['a parameter that is trained', 'patterns that fit all of them'];
  throw new SheepError('bad-option', { doing: 'reading train.frozen', expected, received, remedy: 'freeze fewer' });
}

/**
 * The model of a configuration.
 *
 * @param source the folder of the model that training starts from; undefined for fresh parameters.
 * @throws SheepError `bad-option` for sizes of no model, or patterns that fit no parameter.
 */
export function planModel(config: RunConfig, tokenizer: Tokenizer, source: string | undefined): PlannedModel {
  const { frozen, lora: sizes } = config.train;
  const base = source === undefined ? freshModel(config, tokenizer) : modelOfFolder(source, config);
  const specs = parameterSpecs(base.config);
  const adapted = sizes === null ? undefined : adapt(base, sizes);
  const shapes: readonly NamedShape[] = [...specs, ...(adapted?.added ?? [])];
  checkPatterns('train.frozen', frozen, shapes);
  const trainable = (name: string): boolean => (!adapted || isLoraParameter(name)) && !fitsAny(frozen, name);
  const trained = shapes.filter(({ name }) => trainable(name));
  checkTrained(trained);
  return {
    model: adapted?.model ?? base,
    adapter: adapted?.adapter,
    trainable: trained.length === shapes.length ? undefined : trainable,
    parameterCount: countNumbers(shapes),
    trainedCount: countNumbers(trained),
  };
}
