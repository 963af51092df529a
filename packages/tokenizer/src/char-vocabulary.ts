import { SheepError } from '@sheep/core';
import { assertWellFormed } from './well-formed.js';

const CODE_POINTS = 0x11_0000;

/**
 * The distinct characters (Unicode code points) of a text, sorted by code point.
 *
 * @param text one text, or its documents.
 * @throws SheepError `bad-input` where it is empty or not well-formed.
 */
export function charactersOf(text: string | Iterable<string>): string[] {
  const seen = new Uint8Array(CODE_POINTS);
  for (const part of typeof text === 'string' ? [text] : text) {
    assertWellFormed(part, 'collecting the characters of a text');
    markCodePoints(part, seen);
  }
  const characters: string[] = [];
  for (let codePoint = 0; codePoint < CODE_POINTS; codePoint += 1) {
    if (seen[codePoint] === 1) characters.push(String.fromCodePoint(codePoint));
  }
  if (characters.length > 0) return characters;
  throw new SheepError('bad-input', {
    doing: 'making a character tokenizer',
    expected: 'a text with at least one character',
    received: 'an empty text',
    remedy: 'give the training text',
  });
}

function markCodePoints(text: string, seen: Uint8Array): void {
  for (let i = 0; i < text.length; i += 1) {
    const codePoint = text.codePointAt(i) as number;
    if (codePoint > 0xffff) i += 1;
    seen[codePoint] = 1;
  }
}
