import { SheepError } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { nativeBuilds, type Build } from '../../builds.fixture.js';
import { kernelBuilds } from '../../wasm/kernel-module.js';
import { openPool, type PoolForTests } from './pool.fixture.js';
import { poolsOfTests } from './pools.fixture.js';

const BLOCK = 16_384;
const { open, opened } = poolsOfTests();

/** A place for floats, and a view of it, with `values` in it. */
function put({ allocator, heap }: PoolForTests, values: Float32Array): { place: number; view: Float32Array } {
  const { ref } = allocator.allocate(values.byteLength);
  const view = heap.f32.subarray(ref * 4, ref * 4 + values.length);
  view.set(values);
  return { place: ref, view };
}

/** What `sum_squares` takes for the first `count` floats at a place: a list of one tensor (kernels/spans.h). */
function listOfOne({ allocator, heap }: PoolForTests, place: number, to: number, count: number): number[] {
  const list = allocator.allocate(64).ref;
  heap.i32.set([0, count, 0, 0, place], list * 4);
  return [list, list + 1, to, 1, count];
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a job', () => {
  const count = 20 * BLOCK + 4_321;
  const values = Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.7) * 3);
  const blocks = Math.ceil(count / BLOCK);

  async function sums(given: Parameters<typeof openPool>[0]): Promise<Float32Array> {
    const one = await open(given);
    const from = put(one, values);
    const to = put(one, new Float32Array(blocks).fill(NaN));
    one.pool.run('sum_squares', listOfOne(one, from.place, to.place, count), [], blocks);
    return one.heap.f32.slice(to.place * 4, to.place * 4 + blocks);
  }

  it('has the same bits for any number of threads', async () => {
    const one = await sums({ threads: 1 });
    for (const threads of [2, 3, 4, 7]) expect(await sums({ threads })).toEqual(one);
  });

  it.each([...kernelBuilds, ...nativeBuilds])('is right in the build %s', async (build) => {
    const computed = await sums({ threads: 2, build });
    const exact = Array.from(computed, (_, block) =>
      values.subarray(block * BLOCK, (block + 1) * BLOCK).reduce((sum, x) => sum + x * x, 0),
    );
    expect(exact.at(-1)).toBeGreaterThan(1);
    for (const [block, sum] of computed.entries()) expect(Math.abs(sum / exact[block] - 1)).toBeLessThan(1e-5);
  });

  it('has the same bits on plain memory, where one thread does all', async () => {
    expect(await sums({ threads: 4, build: 'simd' })).toEqual(await sums({ threads: 4, build: 'simd-threads' }));
    expect(opened.map(({ pool }) => pool.threads)).toEqual([1, 4]);
  });

  it.each([1, 3, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 7])('of %i values writes these and no other', async (n) => {
    const one = await open({ threads: 2 });
    const { place, view } = put(one, new Float32Array(n + 5).fill(7));
    one.pool.run('fill', [place, n], [-0.1], Math.ceil(n / BLOCK));
    one.pool.settle();
    expect(view.every((value, i) => value === (i < n ? Math.fround(-0.1) : 7))).toBe(true);
  });

  it('refuses more parameters than it has room for', async () => {
    const { pool } = await open();
    const given = Array.from({ length: 129 }, () => 0);
    expect(() => pool.run('fill', given, [], 1)).toThrow('at most 128 parameters, received 129');
  });
});

// The fastest of each kind: its threads sleep and wake in a way of their own.
const kinds: Build[] = ['relaxed-threads', ...nativeBuilds.slice(0, 1)];

it.each(kinds.flatMap((build) => [1, 2, 4].map((threads) => [build, threads] as const)))(
  'ten thousand small jobs in a row run each of their blocks: %s, %i threads',
  async (build, threads) => {
    const one = await open({ build, threads });
    const MOST = 9;
    const from = put(one, new Float32Array(64).fill(1));
    const outputs = [put(one, new Float32Array(MOST)), put(one, new Float32Array(MOST))];
    const [list, places] = listOfOne(one, from.place, 0, 0);
    const wrong: number[] = [];
    for (let job = 0; job < 10_000; job += 1) {
      const [to, other] = job % 2 === 0 ? outputs : [outputs[1], outputs[0]];
      const blocks = 2 + (job % (MOST - 2));
      const count = 1 + (job % 64);
      to.view.fill(NaN);
      other.view.fill(NaN);
      one.heap.i32[list * 4 + 1] = count;
      one.pool.run('sum_squares', [list, places, to.place, 1, count], [], blocks);
      one.pool.settle();
      // All of the values are in the first block; the others write 0, and what no block writes stays.
      const right = to.view.every((value, i) => (i < blocks ? value === (i === 0 ? count : 0) : Number.isNaN(value)));
      if (!right || !other.view.every(Number.isNaN)) wrong.push(job);
    }
    expect(wrong).toEqual([]);
  },
);

describe.each(kinds)('time: %s', (build) => {
  // Bounds for a loaded machine; on an idle one the medians are below 2 and 50 microseconds.
  it('hands a job out and joins it within microseconds, also from sleep', async () => {
    const one = await open({ build, threads: 2 });
    const { place } = put(one, new Float32Array(2));
    const timed = (): number => {
      const before = performance.now();
      one.pool.run('fill', [place, 2], [1], 2);
      one.pool.settle();
      return (performance.now() - before) * 1_000;
    };
    expect(median(Array.from({ length: 5_000 }, timed))).toBeLessThan(20);
    const slept: number[] = [];
    for (let i = 0; i < 40; i += 1) {
      await pause(5);
      slept.push(timed());
    }
    expect(median(slept)).toBeLessThan(500);
  });

  it('takes no processor while there is nothing to do', async () => {
    const one = await open({ build, threads: 4 });
    const { place } = put(one, new Float32Array(2));
    one.pool.run('fill', [place, 2], [1], 2);
    one.pool.settle();
    await pause(20);
    const before = process.cpuUsage();
    await pause(300);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(60);
  });
});

it.each([0, -1, 1.5, NaN])('refuses %d threads', async (threads) => {
  await expect(openPool({ threads })).rejects.toThrow('a whole number of threads');
});

it('says that it was closed', async () => {
  const { pool } = await open({ threads: 2 });
  await pool.close();
  expect(() => pool.run('fill', [0, 0], [0], 1)).toThrow(SheepError);
  expect(() => pool.run('fill', [0, 0], [0], 1)).toThrow('received a pool that was closed');
});
