import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SheepError } from '@sheep/core';
import { readModelConfig } from '@sheep/model/node';
import { show } from './explain.js';
import { keyPaths } from './json-schema.js';
import { type Layer, mergeLayers, valueAt } from './layers.js';
import { sizeKeys } from './schema.js';

/** What comes with the model in a folder: its sizes and its tokenizer. */
function layerOf(folder: string): Layer {
  const config = readModelConfig(folder);
  const sizes = Object.fromEntries(sizeKeys.map((key) => [key, config[key]]));
  const tokenizer = join(folder, 'tokenizer.json');
  return {
    origin: join(folder, 'config.json'),
    values: { model: { ...sizes, preset: null }, tokenizer: { kind: existsSync(tokenizer) ? tokenizer : 'gpt2' } },
    commandLine: false,
  };
}

function checkNotGiven(layers: readonly Layer[], fixed: Layer): void {
  const differs = (layer: Layer, path: readonly string[]): boolean => {
    const [value, own] = [layer, fixed].map(({ values }) => valueAt(values, path));
    return value !== undefined && own !== undefined && show(value) !== show(own);
  };
  for (const path of keyPaths()) {
    const layer = layers.find((one) => differs(one, path));
    if (layer === undefined) continue;
    const key = path.join('.');
    throw new SheepError('bad-option', {
      doing: `reading ${layer.origin}`,
      expected: `no ${key}: it comes with the model, ${fixed.origin} has ${show(valueAt(fixed.values, path))}`,
      received: show(valueAt(layer.values, path)),
      remedy: `leave ${key} out, or train without model.from`,
    });
  }
}

/**
 * Puts below all layers what comes with the model that training starts from; the same layers where it starts from none.
 *
 * @param open finds the folder of the model that `model.from` names.
 * @throws SheepError `bad-option` where a layer gives what comes with the model another value.
 */
export async function withModelLayer(
  layers: readonly Layer[],
  open: (path: string) => Promise<string>,
): Promise<readonly Layer[]> {
  const from = valueAt(mergeLayers(layers), ['model', 'from']);
  if (typeof from !== 'string') return layers;
  const fixed = layerOf(await open(from));
  checkNotGiven(layers, fixed);
  return [fixed, ...layers];
}
