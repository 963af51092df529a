import { streamOf } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { permutation } from './permutation.js';

const keyOf = (seed: number, step = 0) => ({ seed, step, stream: streamOf('test/permutation') });

function orderOf(size: number, seed: number, step = 0): number[] {
  const at = permutation(size, keyOf(seed, step));
  return Array.from({ length: size }, (_, i) => at(i));
}

/** Chi-square of counts against equal ones. */
function chiSquare(counts: readonly number[]): number {
  const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
}

describe('permutation', () => {
  it('holds each number once at every size from 1 to 300', () => {
    for (let size = 1; size <= 300; size += 1) {
      const sorted = orderOf(size, size * 7).sort((a, b) => a - b);
      expect(sorted).toEqual(Array.from({ length: size }, (_, i) => i));
    }
  });

  it.each([65_536, 99_991, 100_001])('holds each number once at size %i', (size) => {
    const seen = new Uint8Array(size);
    for (const value of orderOf(size, 3)) seen[value] += 1;
    expect(seen.every((times) => times === 1)).toBe(true);
  });

  it('works where no table fits: different, bounded values at size 2^45', () => {
    const at = permutation(2 ** 45, keyOf(1));
    const values = Array.from({ length: 2000 }, (_, i) => at(2 ** 44 + i));
    expect(new Set(values).size).toBe(2000);
    expect(values.every((value) => Number.isSafeInteger(value) && value >= 0 && value < 2 ** 45)).toBe(true);
  });

  it('is another order for another seed or epoch', () => {
    const first = orderOf(100, 1, 0);
    for (const other of [orderOf(100, 2, 0), orderOf(100, 1, 1)]) {
      // Two random orders of 100 agree in one place on average; 8 or more in one of 100,000 pairs.
      expect(first.filter((value, i) => value === other[i]).length).toBeLessThan(8);
    }
  });

  // 99.99 % points of chi-square with size - 1 degrees of freedom (from a table).
  it.each([
    [2, 15.14],
    [3, 18.42],
    [7, 27.86],
    [16, 44.26],
    [30, 66.15],
  ])('puts every number in every place equally often at size %i', (size, limit) => {
    const RUNS = 4000;
    const first = Array.from({ length: size }, () => 0);
    const last = Array.from({ length: size }, () => 0);
    const gap = Array.from({ length: size - 1 }, () => 0);
    for (let run = 0; run < RUNS; run += 1) {
      const at = permutation(size, keyOf(run));
      first[at(0)] += 1;
      last[at(size - 1)] += 1;
      // How far the second is from the first, around the circle: 1 .. size - 1.
      gap[((at(1) - at(0) + size) % size) - 1] += 1;
    }
    expect(chiSquare(first)).toBeLessThan(limit);
    expect(chiSquare(last)).toBeLessThan(limit);
    expect(chiSquare(gap)).toBeLessThan(limit);
  });

  it('leaves no order of neighbors: the correlation of places and values is that of chance', () => {
    const order = orderOf(10_000, 5);
    const mean = 4999.5;
    const variance = order.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const correlation = (pair: (i: number) => number): number =>
      order.reduce((sum, value, i) => sum + (value - mean) * (pair(i) - mean), 0) / variance;
    // Five standard errors: 5 / sqrt(10,000).
    expect(Math.abs(correlation((i) => i))).toBeLessThan(0.05);
    expect(Math.abs(correlation((i) => order[(i + 1) % order.length]))).toBeLessThan(0.05);
  });
});
