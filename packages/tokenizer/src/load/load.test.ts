import { readFileSync } from 'node:fs';
import { SheepError, type Tokenizer } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { byteTokenizer } from '../byte.js';
import { charTokenizer } from '../char.js';
import { gptTokenizer } from '../gpt/gpt.js';
import { encodeWithSpecials } from '../special.js';
import { loadTokenizer } from './load.js';

interface Json {
  [key: string]: unknown;
  added_tokens: Record<string, unknown>[];
  pre_tokenizer: Record<string, unknown>;
  model: Record<string, unknown> & { vocab: Record<string, number>; merges: string[][] };
}

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../../fixtures/tokenizer/${name}`, import.meta.url), 'utf8'));
const reference = fixture('reference.json') as { texts: string[]; kinds: Record<string, { plain: number[][] }> };
const foreign = fixture('foreign.json') as {
  texts: string[];
  tokenizers: { json: Json; ids: number[][]; decoded: string[] }[];
};

const saved = (tokenizer: Tokenizer): Json => JSON.parse(JSON.stringify(tokenizer.toJSON())) as Json;
const isOwn = (tokenizer: Tokenizer): boolean => 'textDecoder' in tokenizer;

describe('loadTokenizer', () => {
  it.each(['char', 'byte'])('gives %s back, with the ids of the reference', async (kind) => {
    const made = kind === 'char' ? charTokenizer(reference.texts) : byteTokenizer();
    const loaded = await loadTokenizer(saved(made));
    expect(loaded.name).toBe(kind);
    expect(isOwn(loaded)).toBe(true);
    expect(reference.texts.map((text) => [...loaded.encode(text)])).toEqual(reference.kinds[kind].plain);
    expect(loaded.toJSON()).toEqual(made.toJSON());
  });

  it.each(['gpt2', 'cl100k_base'] as const)('gives %s back', async (kind) => {
    const loaded = await loadTokenizer(saved(await gptTokenizer(kind)));
    expect(loaded.name).toBe(kind);
    expect(isOwn(loaded)).toBe(true);
  });

  it('knows the gpt2 file as libraries of different age write it', async () => {
    const json = saved(await gptTokenizer('gpt2'));
    const { type, byte_fallback: fallback, ignore_merges: ignore, ...model } = json.model;
    expect([type, fallback, ignore]).toEqual(['BPE', false, false]);
    const old = {
      ...json,
      added_tokens: [{ ...json.added_tokens[0], normalized: true }],
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
      post_processor: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false },
      model: {
        ...model,
        continuing_subword_prefix: '',
        end_of_word_suffix: '',
        merges: model.merges.map((pair) => pair.join(' ')),
      },
    };
    const loaded = await loadTokenizer(old);
    expect([loaded.name, isOwn(loaded)]).toEqual(['gpt2', true]);
  });

  it('does not take a file for gpt2 that only looks like it', async () => {
    const json = saved(await gptTokenizer('gpt2'));
    [json.model.merges[0], json.model.merges[1]] = [json.model.merges[1], json.model.merges[0]];
    expect(isOwn(await loadTokenizer(json))).toBe(false);

    const swapped = saved(await gptTokenizer('gpt2'));
    Object.assign(swapped.model.vocab, { Hello: swapped.model.vocab.Ġworld, Ġworld: swapped.model.vocab.Hello });
    const loaded = await loadTokenizer(swapped);
    expect([...loaded.encode('Hello world')]).toEqual([995, 15496]);
  });

  it('opens gpt2 with a token added, which then is one id', async () => {
    const json = saved(await gptTokenizer('gpt2'));
    json.added_tokens.push({ ...json.added_tokens[0], id: 50_257, content: '<pad>' });
    const loaded = await loadTokenizer(json);
    expect(loaded.vocabSize).toBe(50_258);
    expect(loaded.endOfText).toBe(50_256);
    expect([...encodeWithSpecials(loaded, 'Hello world<pad>')]).toEqual([15496, 995, 50_257]);
    expect([...loaded.encode('<|endoftext|>')]).toEqual([27, 91, 437, 1659, 5239, 91, 29]);
    expect(loaded.decode([15496, 50_257])).toBe('Hello<pad>');
  });

  it.each(foreign.tokenizers.map((one) => [String(one.json.model.type), one] as const))(
    'opens a %s that the reference trained, with its ids and texts',
    async (type, { json, ids, decoded }) => {
      const loaded = await loadTokenizer(json);
      expect(loaded.name).toBe(type);
      expect(foreign.texts.map((text) => [...loaded.encode(text)])).toEqual(ids);
      expect(ids.map((one) => loaded.decode(one))).toEqual(decoded);
      expect(loaded.decode([])).toBe('');
      expect([...loaded.encode('')]).toEqual([]);
      expect(() => loaded.decode([loaded.vocabSize])).toThrow(SheepError);
    },
  );
});

describe('loadTokenizer on what is no tokenizer', () => {
  const vocab = { a: 0, b: 1 };
  it.each([
    ['nothing', null],
    ['a list', []],
    ['a text', 'tokenizer'],
    ['an empty object', {}],
    ['a model that is a list', { model: [] }],
    ['no vocabulary', { model: { type: 'BPE', merges: [] } }],
    ['an empty vocabulary', { model: { type: 'BPE', vocab: {}, merges: [] } }],
    ['a negative id', { model: { type: 'BPE', vocab: { a: -1 }, merges: [] } }],
    ['an id that would take gigabytes', { model: { type: 'BPE', vocab: { a: 4_000_000_000 }, merges: [] } }],
    ['an id that is a text', { model: { type: 'WordLevel', vocab: { a: '0' } } }],
    ['merges that are no list', { model: { type: 'BPE', vocab, merges: {} } }],
    ['a merge of one', { model: { type: 'BPE', vocab, merges: ['ab'] } }],
    ['a merge of numbers', { model: { type: 'BPE', vocab, merges: [[0, 1]] } }],
    ['a piece without score', { model: { type: 'Unigram', vocab: [['a']] } }],
    ['an added token without id', { model: { type: 'BPE', vocab, merges: ['a b'] }, added_tokens: [{ content: 'x' }] }],
    [
      'an added token without text',
      { model: { type: 'BPE', vocab, merges: ['a b'] }, added_tokens: [{ id: 2, content: '' }] },
    ],
    ['an unknown model', { model: { type: 'BPE', vocab, merges: ['a b'] }, pre_tokenizer: { type: 'Nonsense' } }],
    [
      'a broken pattern',
      {
        model: { type: 'BPE', vocab, merges: ['a b'] },
        pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated' },
      },
    ],
    ['BPE without merges', { model: { type: 'BPE', vocab } }],
  ])('refuses %s', async (_, json) => {
    await expect(loadTokenizer(json)).rejects.toBeInstanceOf(SheepError);
    await expect(loadTokenizer(json)).rejects.toMatchObject({ code: 'bad-file' });
  });

  it('says what was wrong where', async () => {
    await expect(loadTokenizer({ model: { vocab: { a: 1.5 } } })).rejects.toThrow('received 1.5 for "a"');
  });
});
