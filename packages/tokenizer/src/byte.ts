import type { Tokenizer } from '@sheep/core';
import { byteLevelJson } from './byte-level-json.js';
import { byteStreamDecoder, decodeBytes, type TextDecoding } from './decoder.js';
import { END_OF_TEXT } from './special.js';
import { assertWellFormed } from './well-formed.js';

const BYTES = 256;
const byteStrings = Array.from({ length: BYTES }, (_, byte) => String.fromCharCode(byte));
const specialTokens: ReadonlyMap<string, number> = new Map([[END_OF_TEXT, BYTES]]);
const byteTokens = { name: 'byte', tokens: [...byteStrings, END_OF_TEXT] };
const utf8 = new TextEncoder();

/**
 * A tokenizer whose tokens are the bytes of the text in UTF-8, the id being the byte; `<|endoftext|>` is 256.
 *
 * `encode` throws SheepError `bad-input` for a lone surrogate and for nothing else.
 */
export function byteTokenizer(): Tokenizer & TextDecoding {
  return {
    name: 'byte',
    vocabSize: BYTES + 1,
    specialTokens,
    endOfText: BYTES,
    encode: (text) => {
      assertWellFormed(text, 'encoding text with the byte tokenizer');
      return new Uint32Array(utf8.encode(text));
    },
    decode: (ids) => decodeBytes(byteTokens, ids),
    textDecoder: () => byteStreamDecoder(byteTokens),
    toJSON: () => byteLevelJson({ tokens: byteStrings, merges: [], pattern: null, specialTokens }),
  };
}
