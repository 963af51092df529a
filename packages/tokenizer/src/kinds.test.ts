import { describe, expect, it } from 'vitest';
import { createTokenizer, tokenizerKinds } from './kinds.js';

describe('createTokenizer', () => {
  it.each(tokenizerKinds)('makes %s, which calls itself so', async (kind) => {
    const tokenizer = await createTokenizer(kind, 'abc');
    expect(tokenizer.name).toBe(kind);
    expect(tokenizer.decode(tokenizer.encode('cab'))).toBe('cab');
  });

  it('names the kinds where one is unknown', async () => {
    const names = 'expected one of char, byte, gpt2, r50k_base, cl100k_base, o200k_base, received "gpt3"';
    await expect(createTokenizer('gpt3')).rejects.toThrow(names);
    await expect(createTokenizer('constructor')).rejects.toMatchObject({ code: 'bad-option' });
  });

  it('needs a text for char', async () => {
    await expect(createTokenizer('char')).rejects.toThrow('received no text');
  });
});
