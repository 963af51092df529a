import { readFileSync } from 'node:fs';
import type { Batch, BatchSource, Tokenizer } from '@sheep/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequentialExamples, shuffledExamples } from './example-batches.js';
import type { Example } from './examples.js';
import { splitExamples } from './split.js';
import { tokenizeExamples, type TokenizedExample } from './tokenize-examples.js';

/** Ids written as words, as in `5 0 7`. */
const words = (endOfText?: number): Tokenizer => ({
  name: 'words',
  vocabSize: 61,
  specialTokens: new Map(),
  endOfText,
  encode: (text) => Uint32Array.from(text.trim().split(' '), Number),
  decode: (ids) => Array.from(ids).join(' '),
  toJSON: () => ({}),
});

const example = (prompt: string, completion: string): Example => ({ name: 'notes:1', prompt, completion });

async function take(source: BatchSource, count: number, from?: Batch['next']): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of source.open(from)) {
    if (batches.push(batch) === count) break;
  }
  return batches;
}

const rowsOf = ({ inputs, targets, shape: [rows, time] }: Batch) =>
  Array.from({ length: rows }, (_, row) =>
    [inputs, targets].map((values) => [...values.subarray(row * time, (row + 1) * time)]),
  );

describe('tokenizeExamples', () => {
  it('appends the end of text, and counts the tokens of the prompt', () => {
    const { examples, cut } = tokenizeExamples([example('1 2 3', '4 5'), example('', '6')], words(60), 8);
    expect(examples.map(({ tokens, promptLength }) => [[...tokens], promptLength])).toEqual([
      [[1, 2, 3, 4, 5, 60], 3],
      [[6, 60], 0],
    ]);
    expect(cut).toBe(0);
  });

  it('appends nothing where the tokenizer has no end of text', () => {
    const { examples } = tokenizeExamples([example('1', '2 3')], words(), 8);
    expect([...examples[0].tokens]).toEqual([1, 2, 3]);
  });

  it('cuts the end of what is longer than the context and the token after it, and says how many', () => {
    const { examples, cut } = tokenizeExamples([example('1', '2 3 4'), example('1', '2 3')], words(60), 3);
    expect(examples.map(({ tokens }) => [...tokens])).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 60],
    ]);
    expect(cut).toBe(1);
  });

  it('refuses an example of which nothing could be learned, by name', () => {
    expect(() => tokenizeExamples([example('1 2 3 4', '5')], words(60), 3)).toThrow(
      'reading notes:1: expected a token to learn within the 4 of a context and the one after it, received 6 tokens, of ' +
        "which 4 are the prompt's; shorten the prompt, or take a longer context",
    );
    expect(tokenizeExamples([example('1 2 3', '5')], words(60), 3).cut).toBe(1);
    expect(() => tokenizeExamples([example('', '5')], words(), 3)).toThrow('write a longer example');
  });
});

const TWO: TokenizedExample[] = [
  { tokens: Uint32Array.of(1, 2, 3, 4, 60), promptLength: 2 },
  { tokens: Uint32Array.of(7, 60), promptLength: 0 },
];

describe('batches of examples', () => {
  it('have one example a row, no target within its prompt, and padding behind it', async () => {
    const [batch] = await take(sequentialExamples({ examples: TWO, batchSize: 2 }), 1);
    expect(batch.shape).toEqual([2, 4]);
    expect(rowsOf(batch)).toEqual([
      [
        [1, 2, 3, 4],
        [-100, 3, 4, 60],
      ],
      [
        [7, 0, 0, 0],
        [60, -100, -100, -100],
      ],
    ]);
  });

  it('predict what the labels of transformers predict, which its models shift by one', async () => {
    const url = new URL('../../../fixtures/fine-tuning/examples.json', import.meta.url);
    const theirs = JSON.parse(readFileSync(url, 'utf8')) as {
      examples: { prompt: number[]; completion: number[] }[];
      end: number;
      input_ids: number[][];
      labels: number[][];
    };
    const given = theirs.examples.map(({ prompt, completion }) => example(prompt.join(' '), completion.join(' ')));
    const { examples } = tokenizeExamples(given, words(theirs.end), 16);
    const [batch] = await take(sequentialExamples({ examples, batchSize: 8 }), 1);
    expect(batch.shape).toEqual([5, theirs.labels[0].length - 1]);
    for (const [row, [inputs, targets]] of rowsOf(batch).entries()) {
      expect(targets).toEqual(theirs.labels[row].slice(1));
      const used = targets.findLastIndex((target) => target !== -100) + 1;
      expect(inputs.slice(0, used)).toEqual(theirs.input_ids[row].slice(0, used));
    }
  });

  it('of one order have one shape, fill the last with rows without targets, and have each example once', async () => {
    const examples = [1, 2, 3, 4, 5].map((id) => ({ tokens: Uint32Array.of(id, 60), promptLength: 0 }));
    const source = sequentialExamples({ examples, batchSize: 2 });
    expect(source.batchesPerEpoch).toBe(3);
    const batches = await take(source, 4);
    expect(batches.map(({ inputs }) => [...inputs])).toEqual([
      [1, 2],
      [3, 4],
      [5, 0],
      [1, 2],
    ]);
    expect([...batches[2].targets]).toEqual([60, -100]);
    const some = sequentialExamples({ examples, batchSize: 1, maxBatches: 2 });
    expect((await take(some, 2)).map(({ inputs }) => inputs[0])).toEqual([1, 3]);
  });

  it('of training have each example at most once an epoch, in another order each, from any position the same', async () => {
    const sizes = fc.record({
      count: fc.integer({ min: 1, max: 40 }),
      batchSize: fc.integer({ min: 1, max: 7 }),
      seed: fc.nat(),
      done: fc.integer({ min: 1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ count, batchSize, seed, done }) => {
        const examples = Array.from({ length: count }, (_, id) => ({
          tokens: Uint32Array.of(id, 60),
          promptLength: 0,
        }));
        const make = () => shuffledExamples({ examples, batchSize, seed });
        const rows = Math.min(batchSize, count);
        expect(make().batchesPerEpoch).toBe(Math.floor(count / rows));
        const epoch = (await take(make(), make().batchesPerEpoch)).flatMap(({ inputs }) => [...inputs]);
        expect(new Set(epoch).size).toBe(epoch.length);
        const through = await take(make(), done + 3);
        expect(await take(make(), 3, through[done - 1].next)).toEqual(through.slice(done));
      }),
      { numRuns: 40 },
    );
    const examples = Array.from({ length: 30 }, (_, id) => ({ tokens: Uint32Array.of(id, 60), promptLength: 0 }));
    const [first, second] = await take(shuffledExamples({ examples, batchSize: 30, seed: 1 }), 2);
    expect([...first.inputs]).not.toEqual([...second.inputs]);
    expect([...first.inputs].sort((a, b) => a - b)).toEqual([...second.inputs].sort((a, b) => a - b));
  });

  it('refuse no examples and a batch size of 0', () => {
    expect(() => shuffledExamples({ examples: [], batchSize: 1, seed: 0 })).toThrow('at least one example');
    expect(() => sequentialExamples({ examples: TWO, batchSize: 0 })).toThrow('batchSize as a whole number');
  });
});

describe('splitExamples', () => {
  it('keeps the last for validation, and refuses a share that is none', () => {
    expect(splitExamples([1, 2, 3, 4, 5], 0.3)).toEqual({ training: [1, 2, 3], validation: [4, 5] });
    expect(splitExamples([1, 2], 0)).toEqual({ training: [1, 2], validation: [] });
    expect(() => splitExamples([1, 2], 1)).toThrow('a validation fraction from 0 to below 1');
  });
});
