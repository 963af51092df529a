import { expect, it } from 'vitest';
import { nativeBuilds } from '../builds.fixture.js';
import { openPool } from '../device/threads/pool.fixture.js';
import { sharedHeap } from './shared-heap.js';

const GIB = 2 ** 30;

it('grows in place, with views of all that there is', () => {
  const heap = sharedHeap();
  const { buffer, bytes } = heap;
  expect([heap.f32.length * 4, heap.growthDetaches]).toEqual([bytes, false]);
  heap.f32[5] = 7;
  expect(heap.grow(3 * bytes)).toBe(true);
  expect(heap.buffer).toBe(buffer);
  expect([heap.bytes, heap.i32.length * 4, heap.f64.length * 8]).toEqual([3 * bytes, 3 * bytes, 3 * bytes]);
  expect(heap.f32[5]).toBe(7);
  expect(heap.grow(heap.limit + 1)).toBe(false);
  expect(heap.bytes).toBe(3 * bytes);
});

// Only what is written to is taken from the system. A machine may have fewer addresses; the heap is then smaller.
it.runIf(nativeBuilds.length > 0 && sharedHeap().limit > 9 * GIB)(
  'kernels reach what lies beyond 4 and 8 GiB',
  async () => {
    const { pool, heap, allocator } = await openPool({ threads: 2, build: nativeBuilds[0] });
    const count = 40_000;
    for (const gap of [4 * GIB, 4 * GIB]) {
      allocator.allocate(gap);
      const { ref } = allocator.allocate(4 * count);
      pool.run('fill', [ref, count], [0.25], Math.ceil(count / 16_384));
      expect(new Set(heap.f32.subarray(ref * 4, ref * 4 + count))).toEqual(new Set([0.25]));
    }
    expect(allocator.bytesInUse).toBeGreaterThan(8 * GIB);
    await pool.close();
  },
);
