import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SheepError, type ParamTree, type Tokenizer } from '@sheep/core';
import type { Gpt } from '@sheep/model';
import { readModelFolder } from '@sheep/model/node';
import { findCheckpoint } from '@sheep/train/node';
import { tokenizerOfModel } from './open-tokenizer.js';

/** A trained model, ready to use. */
export interface OpenedModel {
  /** Where it was read from. */
  readonly folder: string;
  readonly model: Gpt;
  readonly params: ParamTree;
  readonly tokenizer: Tokenizer;
}

/** A folder with a config.json is a model itself; any other is a run: its best checkpoint, or its last without one. */
async function modelFolder(path: string): Promise<string> {
  if (existsSync(join(path, 'config.json'))) return path;
  const found = (await findCheckpoint(path, 'best')) ?? (await findCheckpoint(path, 'last'));
  if (found !== undefined) return found;
  throw new SheepError('not-found', {
    doing: `opening the model in ${path}`,
    expected: "a run's folder with a checkpoint, a checkpoint or a Hugging Face folder",
    received: existsSync(path) ? 'a folder without any' : 'nothing there',
    remedy: 'check the path, or train first',
  });
}

/**
 * Opens what `--checkpoint` names: a run's folder, a checkpoint or a Hugging Face folder.
 *
 * @throws SheepError where there is none, or it is damaged.
 */
export async function openModel(path: string): Promise<OpenedModel> {
  const folder = await modelFolder(path);
  const { model, params } = await readModelFolder(folder);
  return { folder, model, params, tokenizer: await tokenizerOfModel(folder, model.config.vocabSize) };
}
