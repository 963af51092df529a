import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '../run/run-folder.js';
import type { Layer } from './layers.js';
import { valuesOf } from './layers.js';
import { keyLayer, readConfigFile, setLayer } from './read.js';

/** The options of `sheep train` that give values to keys. */
export interface KeyOptions {
  readonly config?: string | undefined;
  readonly data?: readonly string[] | undefined;
  readonly tokenizer?: string | undefined;
  readonly backend?: string | undefined;
  readonly threads?: string | undefined;
  readonly name?: string | undefined;
  readonly from?: string | undefined;
  readonly preset?: string | undefined;
  readonly seed?: string | undefined;
  readonly maxSteps?: string | undefined;
  readonly maxMinutes?: string | undefined;
  readonly learningRate?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

const TEXT_OPTIONS = [
  ['--data', 'data', ['data', 'paths']],
  ['--tokenizer', 'tokenizer', ['tokenizer', 'kind']],
  ['--backend', 'backend', ['backend']],
  ['--name', 'name', ['name']],
  ['--from', 'from', ['model', 'from']],
  ['--preset', 'preset', ['model', 'preset']],
] as const satisfies readonly (readonly [string, keyof KeyOptions, readonly string[]])[];

const VALUE_OPTIONS = [
  ['--seed', 'seed', 'seed'],
  ['--threads', 'threads', 'threads'],
  ['--max-steps', 'maxSteps', 'train.maxSteps'],
  ['--max-minutes', 'maxMinutes', 'train.maxMinutes'],
  ['--learning-rate', 'learningRate', 'train.learningRate'],
] as const satisfies readonly (readonly [string, keyof KeyOptions, string])[];

function textLayer(origin: string, path: readonly string[], value: unknown): Layer {
  return { origin, values: valuesOf(path, value), commandLine: true };
}

/** What the command line says, `--set` first, so that an option with a name of its own wins. */
export function commandLineLayers(options: KeyOptions): Layer[] {
  const sets = (options.set ?? []).map(setLayer);
  const texts = TEXT_OPTIONS.flatMap(([flag, option, path]) => {
    const value = options[option];
    return value === undefined ? [] : [textLayer(flag, path, value)];
  });
  const values = VALUE_OPTIONS.flatMap(([flag, option, key]) => {
    const value = options[option];
    return value === undefined ? [] : [keyLayer(flag, key, value)];
  });
  return [...sets, ...texts, ...values];
}

/** The configuration file that `--config` names; none without it. */
export async function fileLayers({ config }: KeyOptions): Promise<Layer[]> {
  return config === undefined ? [] : [await readConfigFile(config)];
}

/** The configuration that a run's folder holds; none where it holds none yet. */
export async function runLayers(folder: string): Promise<Layer[]> {
  const path = join(folder, RUN_FILES.config);
  return existsSync(path) ? [await readConfigFile(path)] : [];
}
