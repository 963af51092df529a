import { IGNORED_TARGET, SheepError, streamOf, type BatchSource } from '@sheep/core';
import { batchSource, type BatchContent } from './batch-source.js';
import { checkCount } from './checks.js';
import { permutation } from './permutation.js';
import type { TokenizedExample } from './tokenize-examples.js';

/** What batches of examples are made of. */
export interface ExampleBatchesOptions {
  /** As `tokenizeExamples` makes them: each with at least one target. */
  readonly examples: readonly TokenizedExample[];
  /** Examples in a batch. */
  readonly batchSize: number;
}

/** What {@link shuffledExamples} needs. */
export interface ShuffledExamplesOptions extends ExampleBatchesOptions {
  /** Fixes the order of every epoch. */
  readonly seed: number;
}

/** What {@link sequentialExamples} needs. */
export interface SequentialExamplesOptions extends ExampleBatchesOptions {
  /** Reads only so many batches, evenly spaced over the examples; default all. */
  readonly maxBatches?: number;
}

const STREAM = streamOf('data/shuffle');
const DOING = 'making batches of examples';

function checkExamples({ examples, batchSize }: ExampleBatchesOptions): void {
  checkCount(DOING, 'batchSize', batchSize);
  if (examples.length > 0) return;
  const remedy = 'give more examples, or another validation fraction';
  throw new SheepError('bad-input', { doing: DOING, expected: 'at least one example', received: 'none', remedy });
}

/** Tokens in a row of a batch of some examples: the inputs of the longest, whose last token is only a target. */
export const longestRow = (examples: readonly TokenizedExample[]): number =>
  examples.reduce((most, { tokens }) => Math.max(most, tokens.length - 1), 1);

/** One example a row, from its start; an undefined one is a row without targets. */
function rowsOf(examples: readonly (TokenizedExample | undefined)[], time: number): BatchContent {
  const inputs = new Int32Array(examples.length * time);
  const targets = new Int32Array(examples.length * time).fill(IGNORED_TARGET);
  for (const [row, example] of examples.entries()) {
    if (example === undefined) continue;
    const { tokens, promptLength } = example;
    const firstTarget = Math.max(1, promptLength);
    inputs.set(tokens.subarray(0, -1), row * time);
    targets.set(tokens.subarray(firstTarget), row * time + firstTarget - 1);
  }
  return { inputs, targets, shape: [examples.length, time] };
}

/**
 * Training batches of whole examples, every epoch in another random order, which is a function of (seed, epoch, index).
 * All batches have one shape, as long as the longest example: what an example does not fill has the input 0 and the
 * target {@link IGNORED_TARGET}, and so have the targets within its prompt. What is left at the end of an epoch is
 * dropped, other examples each time; where there are fewer examples than one batch, each epoch is one batch of them all.
 *
 * @throws SheepError `bad-input` where there is no example, `bad-option` for a batch size that is none.
 */
export function shuffledExamples(options: ShuffledExamplesOptions): BatchSource {
  checkExamples(options);
  const { examples, batchSize, seed } = options;
  const time = longestRow(examples);
  const rows = Math.min(batchSize, examples.length);
  return batchSource(Math.floor(examples.length / rows), ({ epoch, batch }) => {
    const exampleAt = permutation(examples.length, { seed, stream: STREAM, step: epoch });
    return rowsOf(
      Array.from({ length: rows }, (_, row) => examples[exampleAt(batch * rows + row)]),
      time,
    );
  });
}

/**
 * Validation batches of whole examples in their order, each once, in rows as {@link shuffledExamples} has them. All
 * batches have one shape; the rows that are left of the last one have no targets.
 *
 * @throws SheepError `bad-input` where there is no example, `bad-option` for a count that is none.
 */
export function sequentialExamples(options: SequentialExamplesOptions): BatchSource {
  checkExamples(options);
  const { examples, batchSize, maxBatches } = options;
  if (maxBatches !== undefined) checkCount(DOING, 'maxBatches', maxBatches);
  const time = longestRow(examples);
  const rows = Math.min(batchSize, examples.length);
  const batchCount = Math.ceil(examples.length / rows);
  const used = Math.min(maxBatches ?? batchCount, batchCount);
  return batchSource(used, ({ batch }) => {
    const first = Math.floor((batch * batchCount) / used) * rows;
    return rowsOf(
      Array.from({ length: rows }, (_, row) => examples.at(first + row)),
      time,
    );
  });
}
