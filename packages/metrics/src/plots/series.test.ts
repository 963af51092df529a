import { describe, expect, it } from 'vitest';
import { decimate, movingMean, toPoints } from './series.js';

describe('decimate', () => {
  const wave = Array.from({ length: 100_000 }, (_, i) => Math.sin(i / 700) + ((i * 7919) % 101) / 500);

  it('keeps everything that is short', () => {
    expect(decimate([5, Number.NaN, 3], 2)).toEqual([0, 1, 2]);
    expect(decimate([], 2)).toEqual([]);
  });

  it('keeps the lowest and the highest value of every stretch, in order', () => {
    const kept = decimate(wave, 300);
    expect(kept.length).toBeLessThanOrEqual(602);
    expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
    for (let bucket = 0; bucket < 300; bucket += 1) {
      const [start, end] = [bucket, bucket + 1].map((edge) => Math.floor((edge * wave.length) / 300));
      const all = wave.slice(start, end);
      const left = kept.filter((i) => i >= start && i < end).map((i) => wave[i]);
      expect([Math.min(...left), Math.max(...left)]).toEqual([Math.min(...all), Math.max(...all)]);
    }
  });

  it('keeps both ends, of a flat line too', () => {
    expect(decimate(Array<number>(1000).fill(7), 3)).toEqual([0, 333, 666, 999]);
  });

  it('does not lose a single spike, up or down', () => {
    const spiky = wave.slice();
    spiky[54_321] = 99;
    spiky[54_325] = -99;
    expect(decimate(spiky, 300)).toEqual(expect.arrayContaining([54_321, 54_325]));
  });

  it('passes over values that are not finite, and keeps a gap where a stretch has no others', () => {
    const holes = wave.map((value, i) => (i >= 20_000 && i < 40_000 ? Number.NaN : value));
    holes[5] = Number.POSITIVE_INFINITY;
    const points = toPoints(
      holes.map((_, i) => i),
      holes,
    );
    expect(points.filter(({ y }) => y === null)).toHaveLength(100);
    expect(points.filter(({ y }) => y === null).every(({ x }) => x >= 20_000 && x < 40_000)).toBe(true);
  });
});

describe('movingMean', () => {
  it('is the mean of a window that narrows at the start and is cut at the end', () => {
    expect(movingMean([10, 4, 1, 1, 4, 7], 2)).toEqual([10, 5, 4, 17 / 5, 13 / 4, 4]);
  });

  it('follows a straight line without lag', () => {
    const line = Array.from({ length: 50 }, (_, i) => 3 * i);
    expect(movingMean(line, 5).slice(0, 45)).toEqual(line.slice(0, 45));
  });

  it('leaves out what is not finite', () => {
    expect(movingMean([1, Number.NaN, 3, Number.POSITIVE_INFINITY], 1)).toEqual([1, 2, 3, 3]);
    expect(movingMean([Number.NaN], 1)).toEqual([Number.NaN]);
  });
});
