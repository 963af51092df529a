import { SheepError } from '@sheep/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { charTokenizer } from './char.js';

describe('charTokenizer', () => {
  it('numbers the distinct code points in their order and puts <|endoftext|> after them', () => {
    const tokenizer = charTokenizer('b😀a\nb');
    expect([...tokenizer.encode('\nab😀')]).toEqual([0, 1, 2, 3]);
    expect(tokenizer.vocabSize).toBe(5);
    expect(tokenizer.endOfText).toBe(4);
    expect(tokenizer.decode([3, 4, 1])).toBe('😀<|endoftext|>a');
  });

  it('takes documents as well as one text', () => {
    expect(charTokenizer(['ba', '', 'é']).toJSON()).toEqual(charTokenizer('éab').toJSON());
  });

  it('decodes what it encodes, over its alphabet', () => {
    const alphabet = Array.from('\n\t "\\<|>endoftxé中\uFEFF\u0301😀𝒜\u{10FFFF}');
    const tokenizer = charTokenizer(alphabet.join(''));
    const text = fc.array(fc.constantFrom(...alphabet)).map((characters) => characters.join(''));
    fc.assert(
      fc.property(text, (text) => {
        const ids = tokenizer.encode(text);
        expect(tokenizer.decode(ids)).toBe(text);
        expect(ids).toHaveLength(Array.from(text).length);
      }),
    );
  });

  it('never makes the special token from plain text', () => {
    const tokenizer = charTokenizer('<|endoftext|>');
    expect([...tokenizer.encode('<|endoftext|>')]).not.toContain(tokenizer.endOfText);
  });

  it.each([
    ['abc', 'U+0063 ("c") at offset 2'],
    ['ab😀', 'U+1F600 ("😀") at offset 2'],
    ['a\n', String.raw`U+000A ("\n") at offset 1`],
    ['\uD83D', 'U+D83D (a lone surrogate) at offset 0'],
  ])('names the unseen character in %j', (text, received) => {
    const tokenizer = charTokenizer('ab');
    expect(() => tokenizer.encode(text)).toThrow(SheepError);
    expect(() => tokenizer.encode(text)).toThrow(received);
  });

  it.each([
    ['', 'empty'],
    [[], 'empty'],
    ['a\uD800b', 'U+D800 at offset 1'],
  ])('refuses the text %j', (text, received) => {
    expect(() => charTokenizer(text)).toThrow(received);
  });

  it.each([-1, 3, 0.5, Number.NaN])('refuses the id %d', (id) => {
    expect(() => charTokenizer('ab').decode([0, id])).toThrow(`received ${id} at index 1`);
  });
});
