import { useBackend } from '@sheep/backend';
import { IGNORED_TARGET, type Batch, type BatchSource, type LanguageModel } from '@sheep/core';
import { sequentialBatches } from '@sheep/data';
import { disposeTree } from '@sheep/ops';
import { memory, scalar } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyModel } from '../test/tiny-model.js';
import { tokens } from '../test/tiny-run.js';
import { evaluate } from './evaluate.js';

const PROBABILITIES = [0.5, 0.25, 0.125];

/** Knows nothing but how often each token occurs; the most likely is token 0. */
const unigram = {
  config: { vocabSize: 3, contextLength: 2 },
  loss: (_params, { targets }) => {
    const counted = targets.filter((target) => target !== IGNORED_TARGET);
    const loss = counted.reduce((sum, target) => sum - Math.log(PROBABILITIES[target]), 0);
    const correct = counted.filter((target) => target === 0).length;
    return { loss: scalar(loss), correct: scalar(correct), count: counted.length };
  },
} satisfies Partial<LanguageModel> as unknown as LanguageModel;

const batchOf = (targets: number[], next: Batch['next']): Batch => ({
  inputs: new Int32Array(targets.length),
  targets: Int32Array.from(targets),
  shape: [1, targets.length],
  epoch: 0,
  next,
});

/** Two batches of two and one counted targets, then others that belong to the next epoch. */
const source: BatchSource = {
  batchesPerEpoch: 2,
  async *open() {
    yield batchOf([0, 1], { epoch: 0, batch: 1 });
    yield batchOf([2, IGNORED_TARGET], { epoch: 1, batch: 0 });
    for (;;) yield batchOf([2, 2], { epoch: 1, batch: 0 });
  },
};

describe('evaluate', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('is the mean over the targets that count, of one epoch, whatever the batches hold', async () => {
    const { loss, perplexity, accuracy, tokens } = await evaluate(unigram, {}, source);
    // (ln 2 + ln 4 + ln 8) / 3 = 2 ln 2; the mean of the batches' means would be 2.25 ln 2.
    expect(loss).toBeCloseTo(2 * Math.LN2, 6);
    expect(perplexity).toBeCloseTo(4, 5);
    expect([accuracy, tokens]).toEqual([1 / 3, 3]);
  });

  it('does not depend on how the text is cut into batches, and leaves no tensor behind', async () => {
    const model = tinyModel(0.5);
    const params = model.init(1);
    const before = memory().numTensors;
    const [first, ...others] = await Promise.all(
      [1, 4, 100].map((batchSize) =>
        evaluate(model, params, sequentialBatches({ tokens: tokens(43, 2), contextLength: 4, batchSize })),
      ),
    );
    expect(first.tokens).toBe(42);
    for (const other of others) {
      expect(other.loss).toBeCloseTo(first.loss, 6);
      expect([other.accuracy, other.tokens]).toEqual([first.accuracy, 42]);
    }
    expect(memory().numTensors).toBe(before);
    disposeTree(params);
  });
});
