import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shuffledBatches } from './shuffled-batches.js';
import { splitTokens } from './split.js';

describe('splitTokens', () => {
  it('cuts where nanoGPT does: the training part is the floor of its share', () => {
    const { training, validation } = splitTokens(
      Uint32Array.from({ length: 15 }, (_, i) => i),
      0.1,
    );
    expect([...training]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect([...validation]).toEqual([13, 14]);
  });

  it('gives everything to training at fraction 0', () => {
    const { training, validation } = splitTokens(new Uint32Array(7), 0);
    expect([training.length, validation.length]).toEqual([7, 0]);
  });

  it.each([-0.1, 1, 1.5, NaN, Infinity])('refuses the fraction %s', (fraction) => {
    expect(() => splitTokens(new Uint32Array(7), fraction)).toThrow('a validation fraction from 0 to below 1');
  });

  it('never lets a validation token into a training window', async () => {
    const options = fc.record({
      length: fc.integer({ min: 20, max: 400 }),
      fraction: fc.double({ min: 0, max: 0.6, noNaN: true }),
      contextLength: fc.integer({ min: 1, max: 7 }),
      batchSize: fc.integer({ min: 1, max: 5 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(options, async ({ length, fraction, ...sizes }) => {
        // Each token is its own index, so a token says where it is from.
        const { training, validation } = splitTokens(
          Uint32Array.from({ length }, (_, i) => i),
          fraction,
        );
        const border = training.length;
        expect([...training, ...validation]).toEqual(Array.from({ length }, (_, i) => i));
        const source = shuffledBatches({ tokens: training, ...sizes });
        for await (const batch of source.open()) {
          if (batch.epoch > 0) break;
          for (const token of [...batch.inputs, ...batch.targets]) expect(token).toBeLessThan(border);
        }
      }),
      { numRuns: 60 },
    );
  });
});
