import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeWithSpecials } from '../special.js';
import type { GptEncodingName } from './encodings.js';
import { gptTokenizer } from './gpt.js';

const fixture = new URL('../../../../fixtures/tokenizer/reference.json', import.meta.url);
const reference = JSON.parse(readFileSync(fixture, 'utf8')) as {
  texts: string[];
  kinds: Record<string, { vocabSize: number; plain: number[][]; special: number[][] }>;
};
const encodings: GptEncodingName[] = ['gpt2', 'r50k_base', 'cl100k_base', 'o200k_base'];

// From the README of tiktoken and OpenAI's cookbook, "How to count tokens with tiktoken".
const published: [GptEncodingName, string, number[]][] = [
  ['gpt2', 'Hello world', [15496, 995]],
  ['r50k_base', 'antidisestablishmentarianism', [415, 29207, 44390, 3699, 1042]],
  ['r50k_base', '2 + 2 = 4', [17, 1343, 362, 796, 604]],
  ['cl100k_base', 'tiktoken is great!', [83, 1609, 5963, 374, 2294, 0]],
  ['cl100k_base', 'antidisestablishmentarianism', [519, 85342, 34500, 479, 8997, 2191]],
  ['cl100k_base', '2 + 2 = 4', [17, 489, 220, 17, 284, 220, 19]],
  ['o200k_base', 'antidisestablishmentarianism', [493, 129901, 376, 160388, 21203, 2367]],
];

describe('gptTokenizer', () => {
  it.each(published)('%s encodes %j to the published ids', async (encoding, text, ids) => {
    expect([...(await gptTokenizer(encoding)).encode(text)]).toEqual(ids);
  });

  it.each(encodings)('%s gives the ids that tokenizers and tiktoken give', async (encoding) => {
    const tokenizer = await gptTokenizer(encoding);
    const { vocabSize, plain, special } = reference.kinds[encoding];
    expect(tokenizer.vocabSize).toBe(vocabSize);
    expect(reference.texts.map((text) => [...tokenizer.encode(text)])).toEqual(plain);
    expect(reference.texts.map((text) => [...encodeWithSpecials(tokenizer, text)])).toEqual(special);
  });

  it.each(encodings)('%s decodes what it encodes', async (encoding) => {
    const tokenizer = await gptTokenizer(encoding);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
  });

  it('has the ranks of the .tiktoken file, byte for byte', async () => {
    const { default: ranks } = await import('gpt-tokenizer/bpeRanks/r50k_base');
    const file = createRequire(import.meta.url).resolve('gpt-tokenizer/data/r50k_base.tiktoken');
    const expected = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(ranks.map((token, rank) => `${Buffer.from(token as string).toString('base64')} ${rank}`)).toEqual(expected);
  });

  it('encodes a run of 200,000 equal letters within 2 s, where merging in quadratic time takes half a minute', async () => {
    const tokenizer = await gptTokenizer('gpt2');
    const text = 'a'.repeat(200_000);
    const start = performance.now();
    const ids = tokenizer.encode(text);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(tokenizer.decode(ids)).toBe(text);
    expect(new Set(ids)).toEqual(new Set([24_794]));
  });

  it('reads special text as plain text in encode', async () => {
    const tokenizer = await gptTokenizer('gpt2');
    expect([...tokenizer.encode('<|endoftext|>')]).toEqual([27, 91, 437, 1659, 5239, 91, 29]);
  });

  it('decodes an unused id below the vocabulary size to nothing and refuses one above', async () => {
    const tokenizer = await gptTokenizer('cl100k_base');
    expect(tokenizer.decode([100_256, 83, 100_275])).toBe('t');
    expect(() => tokenizer.decode([100_277])).toThrow('expected ids from 0 to 100276, received 100277');
  });

  it('refuses a lone surrogate and an unknown encoding', async () => {
    const tokenizer = await gptTokenizer('gpt2');
    expect(() => tokenizer.encode('\uD83D')).toThrow('the lone surrogate U+D83D at offset 0');
    await expect(gptTokenizer('toString' as GptEncodingName)).rejects.toThrow('expected one of gpt2, r50k_base');
  });
});
