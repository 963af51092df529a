import { describe, expect, it } from 'vitest';
import { byteTokenizer } from './byte.js';
import { charTokenizer } from './char.js';
import { encodeWithSpecials } from './special.js';

describe('encodeWithSpecials', () => {
  it('recognizes the special token wherever it stands', () => {
    const ids = [...encodeWithSpecials(byteTokenizer(), '<|endoftext|>a<|endoftext|><|endoftext|>b<|endoftext|')];
    expect(ids).toEqual([256, 97, 256, 256, 98, ...Buffer.from('<|endoftext|')]);
  });

  it('needs none of its characters in a character vocabulary', () => {
    expect([...encodeWithSpecials(charTokenizer('ab'), 'a<|endoftext|>b')]).toEqual([0, 2, 1]);
    expect(() => encodeWithSpecials(charTokenizer('ab'), 'a<|endoftext|')).toThrow('U+003C');
  });

  it('takes the longer of two special tokens and reads signs of regular expressions as they are', () => {
    const tokenizer = {
      ...byteTokenizer(),
      specialTokens: new Map([
        ['[a]', 300],
        ['[a]+', 301],
      ]),
    };
    expect([...encodeWithSpecials(tokenizer, '[a]+[a]aa')]).toEqual([301, 300, 97, 97]);
  });

  it('is encode where there are no special tokens', () => {
    expect([...encodeWithSpecials({ ...byteTokenizer(), specialTokens: new Map() }, 'ab')]).toEqual([97, 98]);
  });
});
