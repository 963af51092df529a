import type { TokenizerJson } from '@sheep/core';
import { addedTokens } from './added-tokens.js';
import { END_OF_TEXT } from './special.js';

/**
 * `tokenizer.json` of a character vocabulary: a word-level model over a split at every code point. The reference
 * library, too, then refuses a character that is not in it, since `<unk>` is not a token.
 */
export function charJson(characters: readonly string[]): TokenizerJson {
  const vocab = Object.fromEntries([...characters, END_OF_TEXT].map((character, id) => [character, id]));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(new Map([[END_OF_TEXT, characters.length]])),
    normalizer: null,
    pre_tokenizer: { type: 'Split', pattern: { Regex: String.raw`[\s\S]` }, behavior: 'Isolated', invert: false },
    post_processor: null,
    decoder: { type: 'Fuse' },
    model: { type: 'WordLevel', vocab, unk_token: '<unk>' },
  };
}
