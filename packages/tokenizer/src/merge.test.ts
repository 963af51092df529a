import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeBytes, type Ranks } from './merge.js';

/** The definition, word for word: look at all pairs, join the leftmost of lowest rank, begin again. */
function mergeByDefinition(piece: string, ranks: Ranks, below: number): string[] {
  const parts = Array.from(piece);
  for (;;) {
    const pairs = parts.slice(1).map((part, i) => ranks.get(parts[i] + part) ?? Infinity);
    const lowest = Math.min(Infinity, ...pairs);
    if (lowest >= below || lowest === Infinity) return parts;
    const at = pairs.indexOf(lowest);
    parts.splice(at, 2, parts[at] + parts[at + 1]);
  }
}

describe('mergeBytes', () => {
  it('joins as the definition does, for any ranks', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 2, maxLength: 5 });
    const vocabulary = fc.uniqueArray(word, { maxLength: 25 });
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 40 });
    fc.assert(
      fc.property(vocabulary, piece, fc.integer({ min: 0, max: 30 }), (vocabulary, piece, below) => {
        const ranks = new Map(vocabulary.map((token, rank) => [token, rank]));
        expect(mergeBytes(piece, ranks, below)).toEqual(mergeByDefinition(piece, ranks, below));
      }),
      { numRuns: 1000 },
    );
  });

  it('joins the leftmost of equal pairs first', () => {
    expect(mergeBytes('aaaaa', new Map([['aa', 0]]))).toEqual(['aa', 'aa', 'a']);
  });
});
