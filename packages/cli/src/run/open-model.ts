import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SheepError, type ParamTree, type Tokenizer } from '@sheep/core';
import type { Gpt } from '@sheep/model';
import { readModelFolder } from '@sheep/model/node';
import { verifyManifest } from '@sheep/core/node';
import { damageNote, findWholeCheckpoint } from '@sheep/train/node';
import { tokenizerOfModel } from './open-tokenizer.js';

/** A trained model, ready to use. */
export interface OpenedModel {
  /** Where it was read from. */
  readonly folder: string;
  readonly model: Gpt;
  readonly params: ParamTree;
  readonly tokenizer: Tokenizer;
}

// What stands in a folder that was written with the SHA-256 of each file, even where one of the two is lost.
const CHECKED = ['manifest.json', 'state.json'];

/**
 * A folder with a config.json is a model itself; any other is a run: its best whole checkpoint, or its last without one.
 *
 * @param note is told, in one line, where a damaged one was passed over.
 * @throws SheepError `not-found` where it is neither, `bad-file` where it is damaged.
 */
export async function modelFolder(path: string, note: (text: string) => void): Promise<string> {
  if (CHECKED.some((name) => existsSync(join(path, name)))) await verifyManifest(path, ['config.json']);
  if (existsSync(join(path, 'config.json'))) return path;
  const found = await findWholeCheckpoint(path, 'best');
  if (found !== undefined) {
    const passedOver = damageNote(found);
    if (passedOver !== undefined) note(passedOver);
    return found.folder;
  }
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
 * @param note is told, in one line, where a run's damaged checkpoint was passed over.
 * @throws SheepError where there is none, or none is whole.
 */
export async function openModel(path: string, note: (text: string) => void): Promise<OpenedModel> {
  const folder = await modelFolder(path, note);
  const { model, params } = await readModelFolder(folder);
  return { folder, model, params, tokenizer: await tokenizerOfModel(folder, model.config.vocabSize) };
}
