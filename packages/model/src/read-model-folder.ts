import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SheepError, type ParamTree } from '@sheep/core';
import { readFileUpToSync } from '@sheep/core/node';
import { disposeTree } from '@sheep/ops';
import type { GptConfig } from './config.js';
import { gpt, type Gpt } from './gpt.js';
import { fromHuggingFace } from './hugging-face.js';
import { mergeLora } from './lora.js';
import { countParameters } from './parameters.js';
import { fromPeft, type LoraAdapter } from './peft.js';
import { loadWeights } from './weights.js';

const FILES = {
  config: 'config.json',
  weights: 'model.safetensors',
  adapterConfig: 'adapter_config.json',
  adapter: 'adapter_model.safetensors',
} as const;

function read(path: string, maxBytes: number): Uint8Array {
  const bytes = readFileUpToSync(path, maxBytes);
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

function readJson(path: string): unknown {
  const bytes = read(path, MAX_CONFIG_BYTES);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const parts = { doing: `reading ${path}`, expected: 'JSON', received: String(cause), remedy: 'restore the file' };
    throw new SheepError('bad-file', parts, { cause });
  }
}

/**
 * The sizes of the model in a folder in Hugging Face's layout.
 *
 * @throws SheepError `not-found`, `bad-file` or `unsupported`.
 */
export function readModelConfig(folder: string): GptConfig {
  const path = join(folder, FILES.config);
  return fromHuggingFace(readJson(path), path);
}

/** The adapter beside a model, undefined where it has none. */
function readAdapter(folder: string, config: GptConfig): LoraAdapter | undefined {
  const [configPath, path] = [FILES.adapterConfig, FILES.adapter].map((name) => join(folder, name));
  return existsSync(configPath)
    ? fromPeft(config, readJson(configPath), read(path, maxWeightsBytes(config)), path)
    : undefined;
}

/** The parameters of a folder's `model.safetensors`, and beside them its adapter; the caller owns both. */
function readBoth(folder: string, config: GptConfig): { params: ParamTree; adapter: LoraAdapter | undefined } {
  const path = join(folder, FILES.weights);
  const params = loadWeights(config, read(path, maxWeightsBytes(config)), path);
  try {
    return { params, adapter: readAdapter(folder, config) };
  } catch (error) {
    disposeTree(params);
    throw error;
  }
}

/**
 * The parameters in a folder in Hugging Face's layout, a LoRA adapter beside them merged into them. Synchronous, since
 * a model's `init` is. The caller owns them.
 *
 * @throws SheepError `not-found`, `bad-file`, `unsupported` or `mismatch`.
 */
export function readParameters(folder: string, config: GptConfig): ParamTree {
  const { params, adapter } = readBoth(folder, config);
  return adapter ? mergeLora({ ...params, ...adapter.params }, adapter) : params;
}

/**
 * The parameters in a folder as a run with LoRA trains them: those of the base, and the factors as `lora` names them.
 * The caller owns them.
 *
 * @throws SheepError `not-found`, `bad-file`, `unsupported` or `mismatch`.
 */
export function readUnmerged(folder: string, config: GptConfig): ParamTree {
  const { params, adapter } = readBoth(folder, config);
  return { ...params, ...adapter?.params };
}

/**
 * Opens a folder in Hugging Face's layout: `config.json` and `model.safetensors` of a GPT-2. A LoRA adapter in PEFT's
 * layout, `adapter_config.json` and `adapter_model.safetensors`, is merged into the weights where the folder has one.
 *
 * @returns the model and its parameters, which the caller owns.
 * @throws SheepError `not-found`, `bad-file`, `unsupported` or `mismatch`.
 */
export async function readModelFolder(folder: string): Promise<{ model: Gpt; params: ParamTree }> {
  const model = gpt(readModelConfig(folder));
  return { model, params: readParameters(folder, model.config) };
}
