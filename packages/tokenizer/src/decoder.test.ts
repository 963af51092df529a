import type { Tokenizer } from '@sheep/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteTokenizer } from './byte.js';
import { charTokenizer } from './char.js';
import { createDecoder } from './decoder.js';
import { gptTokenizer } from './gpt/gpt.js';

/** The same tokenizer as one of a user's own, which only has what the contract says. */
function asForeign(own: Tokenizer & { textDecoder?: unknown }): Tokenizer {
  const { textDecoder, ...rest } = own;
  expect(textDecoder).toBeDefined();
  return rest;
}

const tokenizers: [string, Tokenizer][] = [
  ['char', charTokenizer('abc😀')],
  ['byte', byteTokenizer()],
  ['gpt2', await gptTokenizer('gpt2')],
  ['cl100k_base', await gptTokenizer('cl100k_base')],
  ['foreign', asForeign(byteTokenizer())],
];

describe('createDecoder', () => {
  it.each(tokenizers)('%s: increments add up to decode of any ids, well-formed or not', (_, tokenizer) => {
    const ids = fc.array(fc.integer({ min: 0, max: Math.min(tokenizer.vocabSize, 600) - 1 }), { maxLength: 30 });
    const decoder = createDecoder(tokenizer);
    fc.assert(
      fc.property(ids, (ids) => {
        const increments = ids.map((id) => decoder.push(id));
        expect(increments.join('') + decoder.end()).toBe(tokenizer.decode(ids));
      }),
    );
  });

  it.each([
    ['own', byteTokenizer()],
    ['foreign', asForeign(byteTokenizer())],
  ])('%s: holds a character back until its last byte', (_, tokenizer) => {
    const decoder = createDecoder(tokenizer);
    const increments = [...tokenizer.encode('a😀b')].map((id) => decoder.push(id));
    expect(increments).toEqual(['a', '', '', '', '😀', 'b']);
    decoder.push(0xe2);
    expect(decoder.end()).toBe('\uFFFD');
    expect(decoder.push(0x61)).toBe('a');
  });

  it('refuses an id that the tokenizer does not have', () => {
    expect(() => createDecoder(byteTokenizer()).push(300)).toThrow('received 300');
  });
});
