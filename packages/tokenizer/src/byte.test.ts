import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteTokenizer } from './byte.js';

const tokenizer = byteTokenizer();

describe('byteTokenizer', () => {
  it('gives the UTF-8 bytes, as Node counts them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect([...tokenizer.encode(text)]).toEqual([...Buffer.from(text, 'utf8')]);
      }),
    );
  });

  it('decodes what it encodes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => tokenizer.decode(tokenizer.encode(text)) === text));
    expect(tokenizer.decode(tokenizer.encode('\uFEFFa'))).toBe('\uFEFFa');
  });

  it('decodes bytes that are not UTF-8 as U+FFFD and the special token as its text', () => {
    expect(tokenizer.decode([0xff, 0x61, 0xe2, 0x82, 256])).toBe('\uFFFDa\uFFFD<|endoftext|>');
  });

  it('refuses a lone surrogate', () => {
    expect(() => tokenizer.encode('ab\uDC00')).toThrow('the lone surrogate U+DC00 at offset 2');
  });

  it('refuses an id above 256', () => {
    expect(() => tokenizer.decode([257])).toThrow('expected ids from 0 to 256, received 257');
  });
});
