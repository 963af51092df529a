import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool, type PoolForTests } from './pool.fixture.js';
import type { Measured } from './shares.js';

const BLOCK_VALUES = 16_384;

describe.each([
  ['relaxed-threads', 3],
  ['simd-threads', 1],
  ['simd', 1],
] as const)('a measured job on %s with %i threads', (build, threads) => {
  let opened: PoolForTests;
  beforeAll(async () => {
    opened = await openPool({ build, threads });
  });
  afterAll(() => opened.pool.close());

  /** Fills so many blocks, and the room for them. */
  const fill = (blocks: number) => {
    const { pool, allocator } = opened;
    const room = allocator.allocate(blocks * BLOCK_VALUES * 4);
    const told: Measured[] = [];
    const before = performance.now();
    pool.run('fill', [room.ref, blocks * BLOCK_VALUES], [1], blocks, (measured) => told.push(measured));
    pool.settle();
    const after = performance.now();
    allocator.release(room);
    expect(told).toHaveLength(1);
    // The clocks of threads differ by microseconds at most.
    expect(told[0].start).toBeGreaterThan(before - 0.05);
    expect(told[0].end).toBeLessThan(after + 0.05);
    return told[0];
  };

  it('tells what each thread did of it, within the time that it took', () => {
    const taking = new Set<number>();
    for (let repeat = 0; repeat < 200; repeat += 1) {
      const job = fill(64);
      const { shares } = job;
      expect(shares.reduce((sum, { blocks }) => sum + blocks, 0)).toBe(64);
      for (const { thread, start, end } of shares) {
        taking.add(thread);
        expect(start).toBeGreaterThanOrEqual(job.start);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(job.end);
      }
    }
    expect(taking).toEqual(new Set(Array.from({ length: threads }, (_, thread) => thread)));
  });

  it('tells of its own threads alone, not of those of a job before', () => {
    fill(64);
    for (let repeat = 0; repeat < 50; repeat += 1) {
      const { shares } = fill(2);
      expect(shares.reduce((sum, { blocks }) => sum + blocks, 0)).toBe(2);
    }
    expect(fill(1).shares).toMatchObject([{ blocks: 1 }]);
  });
});
