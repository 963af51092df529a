/** One point of a line. A y that is not finite is null and leaves a gap. */
export interface Point {
  readonly x: number;
  readonly y: number | null;
}

/** Above this many points a line is thinned: about two a pixel column of the widest panel are left. */
const BUCKETS = 500;

function extremes(values: readonly number[], start: number, end: number): number[] {
  let low = -1;
  let high = -1;
  for (let i = start; i < end; i += 1) {
    if (!Number.isFinite(values[i])) continue;
    if (low < 0 || values[i] < values[low]) low = i;
    if (high < 0 || values[i] > values[high]) high = i;
  }
  if (low < 0) return [start];
  return low === high ? [low] : [Math.min(low, high), Math.max(low, high)];
}

/**
 * Which points of a long line to draw: of each of `buckets` equal stretches the lowest and the highest, so that no
 * spike gets lost, and the first and the last of all. A stretch without a finite value keeps one point: a visible gap.
 *
 * @returns indexes, ascending; all of them where there are at most 2 a bucket.
 */
export function decimate(values: readonly number[], buckets = BUCKETS): number[] {
  if (values.length <= 2 * buckets) return values.map((_, i) => i);
  const kept = Array.from({ length: buckets }, (_, bucket) => {
    const start = Math.floor((bucket * values.length) / buckets);
    const end = Math.floor(((bucket + 1) * values.length) / buckets);
    return extremes(values, start, end);
  }).flat();
  return [...new Set([0, ...kept, values.length - 1])];
}

/**
 * The mean over a window around each value, of the finite values in it; NaN where there is none. The window is
 * `2 * reach + 1` wide; towards the start it narrows on both sides, since there a loss falls steeply and a one-sided
 * mean would be off; at the end it lacks its right side.
 */
export function movingMean(values: readonly number[], reach: number): number[] {
  const sums = new Float64Array(values.length + 1);
  const counts = new Float64Array(values.length + 1);
  for (const [i, value] of values.entries()) {
    const finite = Number.isFinite(value);
    sums[i + 1] = sums[i] + (finite ? value : 0);
    counts[i + 1] = counts[i] + (finite ? 1 : 0);
  }
  return values.map((_, i) => {
    const left = Math.min(reach, i);
    const start = i - left;
    const end = Math.min(i + left + 1, values.length);
    return (sums[end] - sums[start]) / (counts[end] - counts[start]);
  });
}

/** The points of a line, thinned where it is long. */
export function toPoints(x: readonly number[], y: readonly number[]): Point[] {
  return decimate(y).map((i) => ({ x: x[i], y: Number.isFinite(y[i]) ? y[i] : null }));
}
