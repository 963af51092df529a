import { join } from 'node:path';
import { SheepError, type Tokenizer } from '@sheep/core';
import { readFileUpTo } from '@sheep/core/node';
import type { Document } from '@sheep/data';
import { createTokenizer, loadTokenizer, tokenizerKinds } from '@sheep/tokenizer';
import { nearest } from '../nearest.js';

const isKind = (kind: string): boolean => (tokenizerKinds as readonly string[]).includes(kind);

// The largest in use have some 30 MB.
const MAX_BYTES = 200_000_000;

/** What a file of JSON holds; undefined where there is none. */
async function readJson(path: string): Promise<unknown> {
  const bytes = await readFileUpTo(path, MAX_BYTES);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const received = cause instanceof Error ? cause.message : String(cause);
    const remedy = 'give the tokenizer.json of a saved tokenizer';
    throw new SheepError('bad-file', { doing: `reading ${path}`, expected: 'JSON', received, remedy }, { cause });
  }
}

function unknownTokenizer(kind: string): SheepError {
  const meant = nearest(kind, tokenizerKinds);
  const parts = {
    doing: 'choosing a tokenizer',
    expected: `one of ${tokenizerKinds.join(', ')}, or the path of a tokenizer.json`,
    received: `'${kind}'`,
    remedy: meant === undefined ? 'choose one of these' : `did you mean '${meant}'?`,
  };
  return new SheepError('bad-option', parts);
}

/**
 * The tokenizer of a configuration: by its kind, or from the path of a tokenizer.json.
 *
 * @param documents the training text, of which `char` makes its vocabulary.
 * @throws SheepError `bad-option` where it is neither, `bad-file` where the file is no tokenizer.
 */
export async function openTokenizer(kind: string, documents: readonly Document[]): Promise<Tokenizer> {
  if (isKind(kind)) {
    return createTokenizer(
      kind,
      documents.map(({ text }) => text),
    );
  }
  const json = await readJson(kind);
  if (json === undefined) throw unknownTokenizer(kind);
  return loadTokenizer(json);
}

const GPT2_VOCABULARY = 50_257;

/**
 * The tokenizer beside a model: its folder's tokenizer.json, or GPT-2's where the folder has none and the model has
 * GPT-2's vocabulary.
 *
 * @throws SheepError `not-found` where there is neither, `mismatch` where it has more ids than the model.
 */
export async function tokenizerOfModel(folder: string, vocabSize: number): Promise<Tokenizer> {
  const json = await readJson(join(folder, 'tokenizer.json'));
  if (json === undefined) {
    if (vocabSize === GPT2_VOCABULARY) return createTokenizer('gpt2');
    const remedy = 'put the tokenizer.json of the model there';
    const parts = { doing: `opening the model in ${folder}`, expected: 'a tokenizer.json', received: 'none', remedy };
    throw new SheepError('not-found', parts);
  }
  const tokenizer = await loadTokenizer(json);
  if (tokenizer.vocabSize <= vocabSize) return tokenizer;
  throw new SheepError('mismatch', {
    doing: `opening the model in ${folder}`,
    expected: `a tokenizer of at most ${vocabSize} ids, as the model has`,
    received: `${tokenizer.vocabSize}`,
    remedy: 'put the tokenizer.json of the model there',
  });
}
