import type { Batch, BatchSource, Position } from '@sheep/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shuffledBatches } from './shuffled-batches.js';
import { windows } from './windows.js';

async function take(source: BatchSource, count: number, from?: Position): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of source.open(from)) {
    if (batches.push(batch) === count) break;
  }
  return batches;
}

const indices = (length: number): Uint32Array => Uint32Array.from({ length }, (_, i) => i);

/** Where the rows of batches start; each token is its own index. */
const rowStarts = (batches: readonly Batch[]): number[] =>
  batches.flatMap(({ inputs, shape: [rows, time] }) => Array.from({ length: rows }, (_, row) => inputs[row * time]));

const options = fc.record({
  length: fc.integer({ min: 9, max: 300 }),
  contextLength: fc.integer({ min: 1, max: 8 }),
  batchSize: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(),
});

/** Where the rows of two epochs of a longer text start. */
async function twoEpochs(seed: number): Promise<number[]> {
  const source = shuffledBatches({ tokens: indices(400), contextLength: 8, batchSize: 7, seed });
  return rowStarts(await take(source, 2 * source.batchesPerEpoch));
}

describe('shuffledBatches', () => {
  it('cuts rows of consecutive tokens whose targets are the tokens after them', async () => {
    const source = shuffledBatches({ tokens: indices(200), contextLength: 6, batchSize: 4, seed: 3 });
    for (const { inputs, targets, shape } of await take(source, 5)) {
      expect(shape).toEqual([4, 6]);
      expect([inputs.length, targets.length]).toEqual([24, 24]);
      for (let i = 0; i < 24; i += 1) {
        expect(targets[i]).toBe(inputs[i] + 1);
        expect(inputs[i]).toBe(inputs[i - (i % 6)] + (i % 6));
      }
    }
  });

  it('reads a view into a larger buffer at its own offset', async () => {
    const tokens = indices(50).subarray(40);
    const [batch] = await take(shuffledBatches({ tokens, contextLength: 9, batchSize: 1, seed: 0 }), 1);
    expect([...batch.inputs]).toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48]);
  });

  it('gives each window at most once an epoch, all but the rest that fills no batch, in another order each epoch', async () => {
    await fc.assert(
      fc.asyncProperty(options, async ({ length, ...sizes }) => {
        const source = shuffledBatches({ tokens: indices(length), ...sizes });
        const { count } = windows(length, sizes);
        const rows = Math.min(sizes.batchSize, count);
        expect(source.batchesPerEpoch).toBe(Math.floor(count / rows));
        const batches = await take(source, 2 * source.batchesPerEpoch);
        for (const epoch of [0, 1]) {
          const starts = rowStarts(batches.filter((batch) => batch.epoch === epoch));
          expect(starts.length).toBe(source.batchesPerEpoch * rows);
          expect(new Set(starts).size).toBe(starts.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('shuffles: epochs differ from each other, from text order and from those of another seed', async () => {
    const order = await twoEpochs(1);
    const half = order.length / 2;
    expect(order.slice(0, half)).not.toEqual(order.slice(half));
    expect(order.slice(0, half)).not.toEqual(order.slice(0, half).sort((a, b) => a - b));
    expect(await twoEpochs(2)).not.toEqual(order);
    expect(await twoEpochs(1)).toEqual(order);
  });

  it('is one smaller batch an epoch where the text has fewer windows than a batch', async () => {
    const source = shuffledBatches({ tokens: indices(11), contextLength: 4, stride: 2, batchSize: 12, seed: 1 });
    expect(source.batchesPerEpoch).toBe(1);
    const [first, second] = await take(source, 2);
    expect(first.shape).toEqual([4, 4]);
    expect(rowStarts([first]).sort((a, b) => a - b)).toEqual([0, 2, 4, 6]);
    expect([first.epoch, second.epoch]).toEqual([0, 1]);
  });

  it('goes on with exactly the same batches from any position that a batch named', async () => {
    const cut = fc.integer({ min: 1, max: 25 });
    await fc.assert(
      fc.asyncProperty(options, cut, async ({ length, ...sizes }, done) => {
        const source = shuffledBatches({ tokens: indices(length), ...sizes });
        const through = await take(source, done + 6);
        const position = JSON.parse(JSON.stringify(through[done - 1].next)) as Position;
        const reopened = shuffledBatches({ tokens: indices(length), ...sizes });
        expect(await take(reopened, 6, position)).toEqual(through.slice(done));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    { epoch: 0, batch: 3 },
    { epoch: -1, batch: 0 },
    { epoch: 0.5, batch: 0 },
    { epoch: 0, batch: NaN },
  ])('refuses the position %j', (position) => {
    const source = shuffledBatches({ tokens: indices(13), contextLength: 4, stride: 4, batchSize: 1, seed: 1 });
    expect(() => source.open(position)).toThrow('an epoch from 0 and a batch from 0 to 2');
  });

  it('refuses a batch size of 0', () => {
    expect(() => shuffledBatches({ tokens: indices(50), contextLength: 4, batchSize: 0, seed: 1 })).toThrow(
      'batchSize as a whole number of at least 1, received 0',
    );
  });
});
