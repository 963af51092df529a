import { useBackend } from '@sheep/backend';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { backendsHere } from '../../../../test/backends-here.js';
import { measureProducts, mostPerSecond } from './measure-products.js';

/** Something that takes 1 ms each and `read` ms at the end, on a clock of its own; the first `cold` take ten times as long. */
function task({ read, cold, noise = () => 0 }: { read: number; cold: number; noise?: (round: number) => number }) {
  let [time, done] = [0, 0];
  const rounds: number[] = [];
  const run = (count: number) => {
    for (let i = 0; i < count; i++, done++) time += done < cold ? 10 : 1;
    time += read + noise(rounds.length);
    rounds.push(count);
    return Promise.resolve();
  };
  return { run, now: () => time, rounds };
}

describe('mostPerSecond', () => {
  it('counts neither the start nor much of the reads', async () => {
    const { run, now, rounds } = task({ read: 1, cold: 3 });
    expect(await mostPerSecond(run, 1, now)).toBeCloseTo((1000 * 64) / 65, 9);
    expect(rounds.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 64, 64]);
    expect(now()).toBeLessThanOrEqual(1000);
    expect(now()).toBeGreaterThan(900);
  });

  it('is the best round, whatever disturbs the others', async () => {
    const { run, now } = task({ read: 0, cold: 0, noise: (round) => (round % 3 === 0 ? 0 : 40) });
    expect(await mostPerSecond(run, 1, now)).toBeGreaterThanOrEqual(1000);
  });

  it('does what is slow once or twice', async () => {
    const slow = task({ read: 1999, cold: 0 });
    expect(await mostPerSecond(slow.run, 1, slow.now)).toBe(0.5);
    expect(slow.rounds).toEqual([1]);
    const half = task({ read: 449, cold: 0 });
    await mostPerSecond(half.run, 1, half.now);
    expect(half.rounds).toEqual([1, 1]);
  });
});

it.each(backendsHere)('measures products on %s, and leaves no tensor behind', async (name) => {
  await useBackend(name);
  const before = memory().numTensors;
  const start = performance.now();
  const perSecond = await measureProducts(64, 0.1);
  // At least one product was done in that time.
  expect(perSecond).toBeGreaterThan((2 * 64 ** 3 * 1000) / (performance.now() - start));
  expect(perSecond).toBeLessThan(1e15);
  expect(memory().numTensors).toBe(before);
});
