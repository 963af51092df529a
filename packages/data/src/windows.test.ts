import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windows } from './windows.js';

const starts = (tokenCount: number, contextLength: number, stride?: number): number[] => {
  const found = windows(tokenCount, stride === undefined ? { contextLength } : { contextLength, stride });
  return Array.from({ length: found.count }, (_, i) => found.start(i));
};

describe('windows', () => {
  it('lie a stride apart, by default half a context', () => {
    expect(starts(17, 8)).toEqual([0, 4, 8]);
    expect(starts(17, 8, 8)).toEqual([0, 8]);
    expect(starts(17, 8, 2)).toEqual([0, 2, 4, 6, 8]);
    expect(starts(8, 5)).toEqual([0, 2]);
  });

  it('end with one that is aligned to the end of the text', () => {
    expect(starts(19, 8)).toEqual([0, 4, 8, 10]);
    expect(starts(18, 8, 8)).toEqual([0, 8, 9]);
  });

  it('are one where the text is just long enough', () => {
    expect(starts(9, 8)).toEqual([0]);
    expect(starts(2, 1)).toEqual([0]);
  });

  it('make every token but the first a target, stay inside the text and are all different', () => {
    const sizes = fc.integer({ min: 1, max: 12 }).chain((contextLength) =>
      fc.record({
        contextLength: fc.constant(contextLength),
        stride: fc.integer({ min: 1, max: contextLength }),
        extra: fc.integer({ min: 1, max: 90 }),
      }),
    );
    fc.assert(
      fc.property(sizes, ({ contextLength, stride, extra }) => {
        const tokenCount = contextLength + extra;
        const all = starts(tokenCount, contextLength, stride);
        const targets = new Set(all.flatMap((s) => Array.from({ length: contextLength }, (_, t) => s + 1 + t)));
        expect([...targets].sort((a, b) => a - b)).toEqual(Array.from({ length: tokenCount - 1 }, (_, i) => i + 1));
        expect(new Set(all).size).toBe(all.length);
      }),
    );
  });

  it('refuses a text shorter than one window and says what to do', () => {
    expect(() => windows(64, { contextLength: 64 })).toThrow(
      'cutting the text into windows: expected at least 65 tokens (a context of 64 and the token after it), ' +
        'received 64 tokens; use a smaller contextLength or more text',
    );
  });

  it.each([
    [{ contextLength: 0 }, 'contextLength as a whole number of at least 1'],
    [{ contextLength: 2.5 }, 'contextLength as a whole number of at least 1'],
    [{ contextLength: 4, stride: 0 }, 'stride as a whole number of at least 1'],
    [{ contextLength: 4, stride: 5 }, 'a stride of at most the context length, 4 tokens'],
  ])('refuses %j', (options, message) => {
    expect(() => windows(100, options)).toThrow(message);
  });
});
