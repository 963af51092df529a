import { IGNORED_TARGET, type Batch } from '@sheep/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequentialBatches, type SequentialBatchesOptions } from './sequential-batches.js';

async function epoch(options: SequentialBatchesOptions): Promise<Batch[]> {
  const source = sequentialBatches(options);
  const batches: Batch[] = [];
  for await (const batch of source.open()) {
    if (batches.push(batch) === source.batchesPerEpoch) break;
  }
  return batches;
}

const indices = (length: number): Uint32Array => Uint32Array.from({ length }, (_, i) => i);

const firsts = (batches: readonly Batch[]): number[] => batches.map(({ inputs }) => inputs[0]);

describe('sequentialBatches', () => {
  it('reads the text in order and pads what is left', async () => {
    const [first, second] = await epoch({ tokens: indices(15), contextLength: 4, batchSize: 2 });
    expect([...first.inputs]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...first.targets]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...second.inputs]).toEqual([8, 9, 10, 11, 12, 13, 0, 0]);
    expect([...second.targets]).toEqual([9, 10, 11, 12, 13, 14, IGNORED_TARGET, IGNORED_TARGET]);
    expect([first.next, second.next]).toEqual([
      { epoch: 0, batch: 1 },
      { epoch: 1, batch: 0 },
    ]);
  });

  it('makes every token but the first a target exactly once, after the token before it, in batches of one shape', async () => {
    const options = fc.record({
      tokens: fc.integer({ min: 2, max: 300 }).map(indices),
      contextLength: fc.integer({ min: 1, max: 20 }),
      batchSize: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(options, async (sizes) => {
        const batches = await epoch(sizes);
        const counted: number[] = [];
        for (const { inputs, targets, shape } of batches) {
          expect(shape).toEqual(batches[0].shape);
          expect([inputs.length, targets.length]).toEqual([shape[0] * shape[1], shape[0] * shape[1]]);
          targets.forEach((target, i) => {
            if (target === IGNORED_TARGET) return;
            counted.push(target);
            expect(inputs[i]).toBe(target - 1);
          });
        }
        expect(counted).toEqual([...sizes.tokens.subarray(1)]);
      }),
    );
  });

  it('spaces maxBatches evenly over the text, the same ones every time', async () => {
    const sizes = { tokens: indices(101), contextLength: 5, batchSize: 2 };
    expect(firsts(await epoch({ ...sizes, maxBatches: 4 }))).toEqual([0, 20, 50, 70]);
    expect(firsts(await epoch({ ...sizes, maxBatches: 1 }))).toEqual([0]);
    expect(await epoch({ ...sizes, maxBatches: 99 })).toEqual(await epoch(sizes));
  });

  it('starts again after the last batch, and in the middle where asked', async () => {
    const source = sequentialBatches({ tokens: indices(13), contextLength: 4, batchSize: 1 });
    const seen: number[] = [];
    for await (const { inputs } of source.open({ epoch: 2, batch: 1 })) {
      if (seen.push(inputs[0]) === 4) break;
    }
    expect(seen).toEqual([4, 8, 0, 4]);
  });

  it('refuses a text without a target', () => {
    expect(() => sequentialBatches({ tokens: indices(1), contextLength: 4, batchSize: 1 })).toThrow(
      'making validation batches: expected at least 2 tokens, received 1; use a larger validation fraction or more text',
    );
  });
});
