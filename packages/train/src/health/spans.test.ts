import type { Batch, BatchSpan } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { trainingData } from '../../test/tiny-run.js';
import { describeSpan, passOver } from './spans.js';

const at = (epoch: number, batch: number) => ({ epoch, batch });
const span = (from: readonly [number, number], to: readonly [number, number]): BatchSpan => ({
  from: at(...from),
  to: at(...to),
});

/** `epoch.batch>epoch.batch` of the batches of two epochs: which each is, by its content, and where it points. */
async function passed(spans: readonly BatchSpan[], from = at(0, 0)): Promise<string[]> {
  const all: Batch[] = [];
  for await (const batch of trainingData().open()) if (all.push(batch) === 10) break;
  const names = new Map(all.map(({ inputs }, i) => [inputs.join(), `${Math.floor(i / 5)}.${i % 5}`]));
  const told: string[] = [];
  for await (const { inputs, next } of passOver(trainingData().open(from), from, spans)) {
    const name = names.get(inputs.join());
    if (name === undefined) break;
    told.push(`${name}>${next.epoch}.${next.batch}`);
  }
  return told;
}

describe('passOver', () => {
  it('leaves batches out, and lets the one before point behind them', async () => {
    expect(await passed([span([0, 1], [0, 3])])).toEqual(
      '0.0>0.3 0.3>0.4 0.4>1.0 1.0>1.1 1.1>1.2 1.2>1.3 1.3>1.4 1.4>2.0'.split(' '),
    );
  });

  it('lets an epoch end whose last batches are left out, and the next begin behind a gap', async () => {
    expect(await passed([span([0, 3], [1, 0]), span([1, 0], [1, 2])])).toEqual(
      '0.0>0.1 0.1>0.2 0.2>1.0 1.2>1.3 1.3>1.4 1.4>2.0'.split(' '),
    );
  });

  it('goes on from within a gap, and where spans overlap', async () => {
    expect(await passed([span([1, 0], [1, 2]), span([1, 1], [1, 4])], at(1, 0))).toEqual(['1.4>2.0']);
  });
});

describe('describeSpan', () => {
  it.each([
    [span([0, 0], [0, 1]), 'epoch 1, batch 1 of 5'],
    [span([1, 2], [1, 4]), 'epoch 2, batches 3 to 4 of 5'],
    [span([1, 3], [2, 0]), 'epoch 2, batches 4 to 5 of 5'],
  ])('counts from 1', (batches, text) => {
    expect(describeSpan(batches, 5)).toBe(text);
  });
});
