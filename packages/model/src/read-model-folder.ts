import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SheepError, type ParamTree } from '@sheep/core';
import { gpt, type Gpt } from './gpt.js';
import { fromHuggingFace } from './hugging-face.js';
import { loadWeights } from './weights.js';

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const parts = {
      doing: 'opening a model',
      expected: `the file ${path}`,
      received: (cause as NodeJS.ErrnoException).code ?? String(cause),
      remedy: 'give a folder with config.json and model.safetensors',
    };
    throw new SheepError('not-found', parts, { cause });
  }
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
  const model = gpt(fromHuggingFace(parseJson(await read(configPath), configPath), configPath));
  const weightsPath = join(folder, 'model.safetensors');
  return { model, params: loadWeights(model.config, await read(weightsPath), weightsPath) };
}
