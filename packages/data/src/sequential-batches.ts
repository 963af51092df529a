import { IGNORED_TARGET, SheepError, type BatchSource } from '@sheep/core';
import { batchSource } from './batch-source.js';
import { checkCount } from './checks.js';

/** What {@link sequentialBatches} needs. */
export interface SequentialBatchesOptions {
  readonly tokens: Uint32Array;
  /** Tokens in a window. */
  readonly contextLength: number;
  /** Windows in a batch. */
  readonly batchSize: number;
  /** Reads only so many batches, evenly spaced over the text; default all. */
  readonly maxBatches?: number;
}

const DOING = 'making validation batches';

/**
 * Validation batches: the text from start to end in windows that do not overlap, so that every token but the first is a
 * target exactly once. All batches have one shape; what the text does not fill has the input 0 and the target
 * {@link IGNORED_TARGET}. `batchesPerEpoch` batches are the whole text (or the part that `maxBatches` leaves of it);
 * after them it starts again.
 *
 * @throws SheepError `bad-input` for fewer than two tokens, `bad-option` for sizes that make no sense.
 */
export function sequentialBatches(options: SequentialBatchesOptions): BatchSource {
  const { tokens, contextLength, batchSize, maxBatches } = options;
  checkCount(DOING, 'contextLength', contextLength);
  checkCount(DOING, 'batchSize', batchSize);
  if (maxBatches !== undefined) checkCount(DOING, 'maxBatches', maxBatches);
  if (tokens.length < 2) {
    throw new SheepError('bad-input', {
      doing: DOING,
      expected: 'at least 2 tokens',
      received: String(tokens.length),
      remedy: 'use a larger validation fraction or more text',
    });
  }
  const windowCount = Math.ceil((tokens.length - 1) / contextLength);
  const rows = Math.min(batchSize, windowCount);
  const size = rows * contextLength;
  const batchCount = Math.ceil(windowCount / rows);
  const used = Math.min(maxBatches ?? batchCount, batchCount);
  const ids = new Int32Array(tokens.buffer, tokens.byteOffset, tokens.length);
  return batchSource(used, ({ batch }) => {
    const first = Math.floor((batch * batchCount) / used) * size;
    const last = Math.min(first + size, tokens.length - 1);
    const inputs = new Int32Array(size);
    const targets = new Int32Array(size).fill(IGNORED_TARGET);
    inputs.set(ids.subarray(first, last));
    targets.set(ids.subarray(first + 1, last + 1));
    return { inputs, targets, shape: [rows, contextLength] };
  });
}
