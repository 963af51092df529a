import { SheepError, type Tokenizer } from '@sheep/core';
import { charJson } from './char-json.js';
import { charactersOf } from './char-vocabulary.js';
import { decodeTexts, type TextDecoding } from './decoder.js';
import { END_OF_TEXT } from './special.js';
import { codePointName } from './well-formed.js';

/**
 * A tokenizer whose tokens are the characters (Unicode code points) of a text: ids 0 to n-1 in the order of their code
 * points, then `<|endoftext|>`, which plain text never becomes.
 *
 * `encode` throws SheepError `bad-input` for a character that the text did not have.
 *
 * @param text the training text, or its documents.
 * @throws SheepError `bad-input` where it is empty or has a lone surrogate.
 */
export function charTokenizer(text: string | Iterable<string>): Tokenizer {
  return charTokenizerOf(charactersOf(text));
}

/** A character tokenizer whose ids are the indices of these distinct code points. */
export function charTokenizerOf(characters: readonly string[]): Tokenizer & TextDecoding {
  const endOfText = characters.length;
  const tokens = [...characters, END_OF_TEXT];
  const idPlusOne = idTable(characters);
  const decode = (ids: ArrayLike<number>): string => decodeTexts({ name: 'char', tokens }, ids);
  return {
    name: 'char',
    vocabSize: tokens.length,
    specialTokens: new Map([[END_OF_TEXT, endOfText]]),
    endOfText,
    encode: (text) => encodeCharacters(text, idPlusOne),
    decode,
    textDecoder: () => ({ push: (id) => decode([id]), end: () => '' }),
    toJSON: () => charJson(characters),
  };
}

/** By code point: the id plus one, 0 where the vocabulary has none. As long as the largest code point needs. */
function idTable(characters: readonly string[]): Uint32Array {
  const codePoints = characters.map((character) => character.codePointAt(0) as number);
  const table = new Uint32Array(codePoints.reduce((a, b) => Math.max(a, b), 0) + 1);
  for (const [id, codePoint] of codePoints.entries()) table[codePoint] = id + 1;
  return table;
}

function encodeCharacters(text: string, idPlusOne: Uint32Array): Uint32Array {
  const ids = new Uint32Array(text.length);
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const codePoint = text.codePointAt(i) as number;
    const found = codePoint < idPlusOne.length ? idPlusOne[codePoint] : 0;
    if (found === 0) throw unseen(codePoint, i);
    ids[count] = found - 1;
    count += 1;
    if (codePoint > 0xffff) i += 1;
  }
  return count === ids.length ? ids : ids.slice(0, count);
}

function unseen(codePoint: number, offset: number): SheepError {
  const lone = codePoint >= 0xd800 && codePoint <= 0xdfff;
  const shown = lone ? 'a lone surrogate' : JSON.stringify(String.fromCodePoint(codePoint));
  return new SheepError('bad-input', {
    doing: 'encoding text with the char tokenizer',
    expected: 'only characters of the text that the vocabulary was made from',
    received: `${codePointName(codePoint)} (${shown}) at offset ${offset}`,
    remedy: 'remove it, add it to the training text, or use the byte tokenizer, which takes any text',
  });
}
