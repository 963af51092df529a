import { join } from 'node:path';
import { SheepError, type ParamTree } from '@sheep/core';
import { readFileUpTo } from '@sheep/core/node';
import type { GptConfig } from './config.js';
import { gpt, type Gpt } from './gpt.js';
import { fromHuggingFace } from './hugging-face.js';
import { countParameters } from './parameters.js';
import { loadWeights } from './weights.js';

async function read(path: string, maxBytes: number): Promise<Uint8Array> {
  const bytes = await readFileUpTo(path, maxBytes);
  if (bytes !== undefined) return bytes;
  throw new SheepError('not-found', {
    doing: 'opening a model',
    expected: `the file ${path}`,
    received: 'none',
    remedy: 'give a folder with config.json and model.safetensors',
  });
}

const MAX_CONFIG_BYTES = 1_000_000;
const MAX_HEADER_BYTES = 100_000_000;
const MAX_BYTES_PER_VALUE = 8;

/** No file of this model is larger: its values in the widest type, its head and attention masks of older files as well. */
function maxWeightsBytes(config: GptConfig): number {
  const masks = config.layerCount * (config.contextLength ** 2 + 1);
  return MAX_HEADER_BYTES + MAX_BYTES_PER_VALUE * (2 * countParameters(config) + masks);
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const parts = { doing: `reading ${path}`, expected: 'JSON', received: String(cause), remedy: 'restore the file' };
    throw new SheepError('bad-file', parts, { cause });
  }
}

/**
 * Opens a folder in Hugging Face's layout: `config.json` and `model.safetensors` of a GPT-2.
 *
 * @returns the model and its parameters, which the caller owns.
 * @throws SheepError `not-found`, `bad-file`, `unsupported` or `mismatch`.
 */
export async function readModelFolder(folder: string): Promise<{ model: Gpt; params: ParamTree }> {
  const configPath = join(folder, 'config.json');
  const model = gpt(fromHuggingFace(parseJson(await read(configPath, MAX_CONFIG_BYTES), configPath), configPath));
  const weightsPath = join(folder, 'model.safetensors');
  return {
    model,
    params: loadWeights(model.config, await read(weightsPath, maxWeightsBytes(model.config)), weightsPath),
  };
}
