import { SheepError, type Tokenizer } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { tokenizeDocuments } from './documents.js';

/** UTF-8 bytes as ids, 256 for the end of a text. */
function bytes(endOfText: number | undefined): Tokenizer {
  return {
    name: 'bytes',
    vocabSize: 257,
    specialTokens: new Map(),
    endOfText,
    encode(text) {
      const parts = { doing: 'encoding', expected: 'no question mark', received: 'one', remedy: 'remove it' };
      if (text.includes('?')) throw new SheepError('bad-input', parts);
      return Uint32Array.from(new TextEncoder().encode(text));
    },
    decode: (ids) => new TextDecoder().decode(Uint8Array.from(ids)),
    toJSON: () => ({}),
  };
}

const documents = [
  { name: 'a.txt', text: 'ab' },
  { name: 'b.txt', text: 'c' },
  { name: 'c.txt', text: 'd' },
];

describe('tokenizeDocuments', () => {
  it('joins documents by the end-of-text token', () => {
    expect([...tokenizeDocuments(documents, bytes(256))]).toEqual([97, 98, 256, 99, 256, 100]);
    expect([...tokenizeDocuments(documents.slice(0, 1), bytes(256))]).toEqual([97, 98]);
    expect([...tokenizeDocuments([], bytes(256))]).toEqual([]);
  });

  it('joins them by nothing where there is no such token', () => {
    expect([...tokenizeDocuments(documents, bytes(undefined))]).toEqual([97, 98, 99, 100]);
  });

  it('names the document that the tokenizer refuses', () => {
    const bad = [...documents, { name: 'd.txt', text: 'why?' }];
    expect(() => tokenizeDocuments(bad, bytes(256))).toThrow(
      'encoding of d.txt: expected no question mark, received one',
    );
  });
});
