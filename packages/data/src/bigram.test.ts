import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigramLoss } from './bigram.js';

const ids = (...values: number[]): Uint32Array => Uint32Array.from(values);

describe('bigramLoss', () => {
  it('agrees with a case worked by hand', () => {
    // Training 0 1 0 1 2, V = 4: pairs 01 x2, 10, 12. P(b) = (count + 1) / 9: 3/9, 3/9, 2/9, 1/9.
    // After 0: 2 pairs, 1 different token. P(1|0) = (2 + 1 * 3/9) / 3 = 7/9, P(3|0) = (0 + 1/9) / 3 = 1/27.
    // After 1: 2 pairs, 2 different tokens. P(2|1) = (1 + 2 * 2/9) / 4 = 13/36.
    // After 2: nothing seen, so P(0|2) = 3/9. After 3 the same: not asked.
    const loss = bigramLoss(ids(0, 1, 0, 1, 2), ids(0, 1, 2, 0, 3), 4);
    expect(loss).toBeCloseTo(-(Math.log(7 / 9) + Math.log(13 / 36) + Math.log(3 / 9) + Math.log(1 / 27)) / 4, 12);
  });

  it('is a probability: after any token, those of all tokens sum to 1', () => {
    const vocabSize = 6;
    const text = fc.array(fc.nat(vocabSize - 1), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(text, fc.nat(vocabSize - 1), (training, a) => {
        const all = Array.from({ length: vocabSize }, (_, b) =>
          Math.exp(-bigramLoss(ids(...training), ids(a, b), vocabSize)),
        );
        expect(all.reduce((x, y) => x + y)).toBeCloseTo(1, 10);
      }),
    );
  });

  it('is that of guessing where nothing was learned', () => {
    expect(bigramLoss(new Uint32Array(0), ids(3, 1, 2), 50)).toBeCloseTo(Math.log(50), 12);
  });

  it('takes a vocabulary of 200,000 without a table of pairs', () => {
    const tokens = Uint32Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 200_000);
    // Each token always has the same follower, seen once or twice: between those two likelihoods.
    const loss = bigramLoss(tokens, tokens.subarray(0, 1000), 200_000);
    expect(loss).toBeCloseTo(-Math.log((2 + 3 / 500_000) / 3), 5);
  });

  it('refuses an id that is not in the vocabulary', () => {
    expect(() => bigramLoss(ids(0, 1), ids(1, 4), 4)).toThrow('token ids below the vocabulary');
  });
});
