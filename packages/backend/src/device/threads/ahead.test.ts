import { describe, expect, it } from 'vitest';
import { nativeBuilds, type Build } from '../../builds.fixture.js';
import { controlWords, RING } from './control.js';
import type { PoolForTests } from './pool.fixture.js';
import { poolsOfTests } from './pools.fixture.js';
import { MOST_STAGED } from './stage.js';

const BLOCK = 16_384;
// Three blocks, so that threads have something to do at once.
const COUNT = 2 * BLOCK + 100;

const { open } = poolsOfTests();

const places = ({ allocator }: PoolForTests, count: number): number[] =>
  Array.from({ length: count }, () => allocator.allocate(4 * COUNT).ref);

const copy = ({ pool }: PoolForTests, from: number, to: number): void =>
  pool.run('copy_words', [from, to, 0, 0, COUNT, COUNT, 1, 1, 0], [], 3);

const valuesAt = ({ heap }: PoolForTests, place: number): Set<number> =>
  new Set(heap.f32.subarray(place * 4, place * 4 + COUNT));

const builds: Build[] = ['relaxed-threads', ...nativeBuilds.slice(0, 1)];

describe.each(builds.flatMap((build) => [1, 2, 4].map((threads) => ({ build, threads }))))(
  'kernels that are posted ahead, on $build with $threads threads',
  (given) => {
    it('run one after the other, however many', async () => {
      const one = await open(given);
      const chain = places(one, 3 * RING);
      for (let round = 1; round <= 5; round += 1) {
        one.pool.run('fill', [chain[0], COUNT], [round], 3);
        for (let i = 1; i < chain.length; i += 1) copy(one, chain[i - 1], chain[i]);
        expect(valuesAt(one, chain.at(-1)!)).toEqual(new Set([round]));
      }
    });

    it('do not see what is written behind them, and those behind it do', async () => {
      const one = await open(given);
      const [given0, before, after] = places(one, 3);
      // More than is staged at once, and so much in all that the stage is used again and again.
      const sizes = [1, 1000, MOST_STAGED, COUNT];
      for (let round = 1; round <= 200; round += 1) {
        const written = new Float32Array(sizes[round % sizes.length]).fill(-round);
        one.pool.run('fill', [given0, COUNT], [round], 3);
        copy(one, given0, before);
        one.pool.write(given0, written);
        copy(one, given0, after);
        const rest = written.length < COUNT ? [round] : [];
        expect(valuesAt(one, before)).toEqual(new Set([round]));
        expect(valuesAt(one, after)).toEqual(new Set([-round, ...rest]));
      }
    });

    it('go on where their numbers start anew', async () => {
      const one = await open(given);
      const last = 2 ** 32 - 20;
      const { i32 } = one.heap;
      for (const word of [controlWords.JOB, controlWords.DONE, controlWords.POSTED]) i32[one.place * 4 + word] = last;
      Object.assign(one.pool, { posted: last, done: last });
      const chain = places(one, RING);
      one.pool.run('fill', [chain[0], COUNT], [7], 3);
      for (let i = 1; i < chain.length; i += 1) copy(one, chain[i - 1], chain[i]);
      expect(valuesAt(one, chain.at(-1)!)).toEqual(new Set([7]));
      const blocks: number[] = [];
      one.pool.run('fill', [chain[0], COUNT], [8], 3, ({ shares }) =>
        blocks.push(...shares.map((share) => share.blocks)),
      );
      one.pool.settle();
      expect(blocks.reduce((sum, count) => sum + count, 0)).toBe(3);
    });
  },
);

function time(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

it('the calling thread goes on while the others work', async () => {
  const one = await open({ threads: 2 });
  const round = () => {
    const posting = time(() => {
      for (let i = 0; i < RING / 2; i += 1) one.pool.run('peak_products', [4], [], 3);
    });
    return { posting, all: posting + time(() => one.pool.settle()) };
  };
  const rounds = Array.from({ length: 30 }, round).sort((a, b) => a.posting / a.all - b.posting / b.all);
  expect(rounds[rounds.length >> 1].posting).toBeLessThan(rounds[rounds.length >> 1].all / 2);
});
