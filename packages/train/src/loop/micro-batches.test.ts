import { useBackend } from '@sheep/backend';
import type { Batch } from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { beforeAll, expect, it } from 'vitest';
import { collect, only, tinyRun, trainingData } from '../../test/tiny-run.js';
import { microBatches } from './micro-batches.js';
import { train } from './train.js';

beforeAll(async () => {
  await useBackend('js');
});

async function firstGroups(count: number, groups: number, from?: Batch['next']): Promise<Batch[][]> {
  const found: Batch[][] = [];
  for await (const group of microBatches(trainingData().open(from), count)) {
    if (found.push(group) === groups) break;
  }
  return found;
}

it('takes so many batches a step, fewer at the end of an epoch', async () => {
  const groups = await firstGroups(2, 6);
  expect(groups.map((group) => group.map(({ epoch }) => epoch))).toEqual([[0, 0], [0, 0], [0], [1, 1], [1, 1], [1]]);
  expect(groups.flat().map(({ inputs }) => [...inputs])).toEqual(
    (await firstGroups(1, 10)).flat().map(({ inputs }) => [...inputs]),
  );
});

it('counts steps, tokens and epochs of a run that accumulates', async () => {
  const run = train(tinyRun({ gradientAccumulation: 2, maxSteps: 6, logEvery: 1 }));
  const events = await collect(run);
  expect(only(events, 'step').map(({ tokens, epoch }) => [tokens, epoch])).toEqual([
    [32, 1],
    [64, 1],
    [80, 1],
    [112, 2],
    [144, 2],
    [160, 2],
  ]);
  expect(only(events, 'epoch').map(({ step }) => step)).toEqual([3, 6]);
  [run.params, run.optimizerState].forEach(disposeTree);
});
