import { nodeCommand, runProcess, type Skipped } from '../run-process.js';
import { fittedExponent } from '../statistics.js';
import { table } from '../table.js';
import type { GrowthPoint } from './growth-step.js';

/** How the step's time grows with one size. */
export interface GrowthRow {
  readonly axis: string;
  readonly points: readonly GrowthPoint[];
  /** Of the curve c x^p that fits best. */
  readonly exponent: number;
}

const text = ({ value, milliseconds }: GrowthPoint): string => `${value}: ${milliseconds.toFixed(1)}`;

/** Measures steps of nano with one size changed at a time, the fastest of all rounds, and prints a table. */
export function benchGrowth(rounds: number, seconds: number): GrowthRow[] {
  const least = new Map<string, GrowthPoint>();
  for (let round = 1; round <= rounds; round += 1) {
    console.error(`growth, round ${round} of ${rounds} ...`);
    const measured = runProcess(nodeCommand('steps/growth-step.ts', `${seconds / 4}`)) as
      | { points: GrowthPoint[] }
      | Skipped;
    if ('skipped' in measured) throw new Error(measured.skipped);
    for (const point of measured.points) {
      const key = `${point.axis} ${point.value}`;
      const before = least.get(key);
      if (!before || point.milliseconds < before.milliseconds) least.set(key, point);
    }
  }
  const all = [...least.values()];
  const rows = [...new Set(all.map(({ axis }) => axis))].map((axis) => {
    const points = all.filter((point) => point.axis === axis);
    return {
      axis,
      points,
      exponent: fittedExponent(points.map(({ value, milliseconds }) => ({ x: value, y: milliseconds }))),
    };
  });
  console.log('\nGrowth of the nano step, ms, one size changed at a time\n');
  console.log(
    table(
      ['size', '', '', '', '', 'exponent'],
      rows.map(({ axis, points, exponent }) => [axis, ...points.map(text), exponent.toFixed(2)]),
    ),
  );
  return rows;
}
