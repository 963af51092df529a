import { streamOf, type BatchSource } from '@sheep/core';
import { batchSource } from './batch-source.js';
import { checkCount } from './checks.js';
import { permutation } from './permutation.js';
import { windows, type WindowOptions } from './windows.js';

/** What {@link shuffledBatches} needs. */
export interface ShuffledBatchesOptions extends WindowOptions {
  readonly tokens: Uint32Array;
  /** Windows in a batch. */
  readonly batchSize: number;
  /** Fixes the order of every epoch. */
  readonly seed: number;
}

const STREAM = streamOf('data/shuffle');

/**
 * Training batches: all windows of a text, every epoch in another random order. The order is a function of
 * (seed, epoch, index) and takes no memory; opening at any position costs nothing.
 *
 * All batches have batchSize windows: what is left at the end of an epoch is dropped, other windows each time. Only
 * where the whole text has fewer windows than one batch, each epoch is one batch of them all.
 *
 * @throws SheepError `bad-input` where the text is shorter than one window, `bad-option` for sizes that make no sense.
 */
export function shuffledBatches(options: ShuffledBatchesOptions): BatchSource {
  const { tokens, contextLength, batchSize, seed } = options;
  checkCount('making training batches', 'batchSize', batchSize);
  const { count, start } = windows(tokens.length, options);
  const rows = Math.min(batchSize, count);
  // Ids are far below 2^31: the same bits read as Int32 make each window one plain copy.
  const ids = new Int32Array(tokens.buffer, tokens.byteOffset, tokens.length);
  return batchSource(Math.floor(count / rows), ({ epoch, batch }) => {
    const windowAt = permutation(count, { seed, stream: STREAM, step: epoch });
    const inputs = new Int32Array(rows * contextLength);
    const targets = new Int32Array(rows * contextLength);
    for (let row = 0; row < rows; row += 1) {
      const first = start(windowAt(batch * rows + row));
      inputs.set(ids.subarray(first, first + contextLength), row * contextLength);
      targets.set(ids.subarray(first + 1, first + 1 + contextLength), row * contextLength);
    }
    return { inputs, targets, shape: [rows, contextLength] };
  });
}
