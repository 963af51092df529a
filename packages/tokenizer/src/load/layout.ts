import { describeValue, SheepError } from '@sheep/core';

/** A JSON object whose values were not looked at yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** An entry of `added_tokens`. */
export interface AddedToken extends JsonObject {
  readonly id: number;
  readonly content: string;
}

/** A `tokenizer.json` of which everything that ids are computed from has the right types. */
export interface TokenizerLayout extends JsonObject {
  readonly model: JsonObject & { readonly vocab: object };
  readonly added_tokens: readonly AddedToken[];
}

// Far above every vocabulary in use (the largest are near 262,144), and small enough to make a table of.
const MOST_IDS = 2 ** 24;

/**
 * Checks the layout of a parsed `tokenizer.json`.
 * @throws SheepError `bad-file` with what is wrong first.
 */
export function checkLayout(json: unknown): TokenizerLayout {
  if (!isObject(json)) throw badFile('an object at the top', describeValue(json));
  if (!isObject(json.model)) throw badFile('an object "model"', describeValue(json.model));
  checkVocab(json.model.vocab);
  if (json.model.merges !== undefined) checkMerges(json.model.merges);
  const added = json.added_tokens ?? [];
  if (!Array.isArray(added)) throw badFile('a list "added_tokens"', describeValue(added));
  for (const token of added as unknown[]) checkAddedToken(token);
  return { ...(json as JsonObject & Pick<TokenizerLayout, 'model'>), added_tokens: added as AddedToken[] };
}

/** Whether a value is an object that is no list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The error for a `tokenizer.json` that cannot be used. */
export function badFile(expected: string, received: string, cause?: unknown): SheepError {
  const remedy = 'use the tokenizer.json of a saved tokenizer, unchanged';
  return new SheepError('bad-file', { doing: 'reading a tokenizer.json', expected, received, remedy }, { cause });
}

function checkVocab(vocab: unknown): void {
  if (Array.isArray(vocab)) {
    const bad = vocab.findIndex((piece) => !isPieceWithScore(piece));
    if (bad !== -1)
      throw badFile('pieces [text, score] in model.vocab', `${describeValue(vocab[bad])} at index ${bad}`);
    if (vocab.length > MOST_IDS) throw badFile(`at most ${MOST_IDS} tokens`, `${vocab.length}`);
  } else if (isObject(vocab)) {
    const bad = Object.entries(vocab).find(([, id]) => !isId(id));
    if (bad)
      throw badFile(
        `ids from 0 to ${MOST_IDS - 1} in model.vocab`,
        `${describeValue(bad[1])} for ${describeValue(bad[0])}`,
      );
  } else {
    throw badFile('an object or a list "model.vocab"', describeValue(vocab));
  }
  if (Object.keys(vocab).length === 0) throw badFile('at least one token in model.vocab', 'none');
}

function checkMerges(merges: unknown): void {
  if (!Array.isArray(merges)) throw badFile('a list "model.merges"', describeValue(merges));
  const bad = merges.findIndex((merge) => !isMerge(merge));
  if (bad !== -1) throw badFile('pairs of tokens in model.merges', `${describeValue(merges[bad])} at index ${bad}`);
}

function checkAddedToken(token: unknown): void {
  if (isObject(token) && isId(token.id) && typeof token.content === 'string' && token.content !== '') return;
  throw badFile(`tokens with "id" from 0 to ${MOST_IDS - 1} and "content" in added_tokens`, describeValue(token));
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MOST_IDS;
}

function isPieceWithScore(piece: unknown): boolean {
  return Array.isArray(piece) && piece.length === 2 && typeof piece[0] === 'string' && typeof piece[1] === 'number';
}

function isMerge(merge: unknown): boolean {
  const pair: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
  return Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string');
}
