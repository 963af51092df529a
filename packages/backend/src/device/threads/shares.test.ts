import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool, type PoolForTests } from './pool.fixture.js';

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
    const measured = pool.measure('fill', [room.ref, blocks * BLOCK_VALUES], [1], blocks);
    allocator.release(room);
    return measured;
  };

  it('tells what each thread did of it, within the time that it took', () => {
    const taking = new Set<number>();
    for (let repeat = 0; repeat < 200; repeat += 1) {
      const job = fill(64);
      const { shares } = job;
      expect(shares.reduce((sum, { blocks }) => sum + blocks, 0)).toBe(64);
      for (const { thread, start, end } of shares) {
        taking.add(thread);
        // The clocks of threads differ by microseconds at most.
        expect(start).toBeGreaterThan(job.start - 0.05);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThan(job.end + 0.05);
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
