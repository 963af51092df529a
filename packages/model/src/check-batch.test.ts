import { IGNORED_TARGET, SheepError } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { checkBatch, checkTime } from './check-batch.js';

const sizes = { vocabSize: 10, contextLength: 3 };

function messageOf(check: () => void): string {
  try {
    check();
  } catch (error) {
    if (error instanceof SheepError && error.code === 'bad-input') return error.message;
    throw error;
  }
  return 'nothing was thrown';
}

const messageOfBatch = (inputs: number[], targets: number[], time = 3): string =>
  messageOf(() =>
    checkBatch(
      {
        inputs: Int32Array.from(inputs),
        targets: Int32Array.from(targets),
        shape: [inputs.length / time, time],
        epoch: 0,
        next: { epoch: 0, batch: 1 },
      },
      sizes,
    ),
  );

describe('checkBatch', () => {
  it('takes every id of the vocabulary, and targets that are ignored', () => {
    expect(messageOfBatch([0, 9, 1], [9, IGNORED_TARGET, 0])).toBe('nothing was thrown');
  });

  it('refuses ids outside the vocabulary', () => {
    const refused = 'running the model: expected token ids below 10, received';
    expect(messageOfBatch([0, 10, 1], [1, 1, 1])).toMatch(`${refused} 10`);
    expect(messageOfBatch([0, -1, 1], [1, 1, 1])).toMatch(`${refused} -1`);
    expect(messageOfBatch([IGNORED_TARGET, 0, 1], [1, 1, 1])).toMatch(`${refused} -100`);
    expect(messageOfBatch([0, 1, 1], [1, 1, 11])).toMatch(`${refused} 11`);
    expect(messageOfBatch([0, 1, 1], [1, 1, -99])).toMatch(`${refused} -99`);
  });

  it('refuses more tokens than there are positions', () => {
    expect(messageOfBatch([0, 1, 2, 3], [1, 2, 3, 4], 4)).toBe(
      'running the model: expected at most 3 tokens, received 4; cut the text, or choose a longer contextLength',
    );
    expect(messageOf(() => checkTime(3, sizes))).toBe('nothing was thrown');
  });
});
