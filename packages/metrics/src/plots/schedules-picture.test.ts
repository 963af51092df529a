import { expect, it } from 'vitest';
import { renderSvg } from './render-svg.js';
import { schedulesSpec } from './schedules-picture.js';

const SCHEDULES = [
  { name: 'falling', schedule: (step: number) => 1 / step },
  { name: 'flat', schedule: () => 0.5 },
];

interface LineSpec {
  readonly data: { readonly values: readonly { x: number; y: number }[] };
  readonly mark: { readonly strokeWidth: number };
}

const linesOf = (totalSteps: number): readonly LineSpec[] => {
  const spec = schedulesSpec(SCHEDULES, totalSteps) as unknown as { concat: { layer: LineSpec[] }[] };
  return spec.concat[0].layer;
};

it('draws each schedule from the first step to the last, the first one widest', () => {
  const [falling, flat] = linesOf(4);
  expect(falling.data.values).toEqual([1, 2, 3, 4].map((x) => ({ x, y: 1 / x })));
  expect(flat.data.values).toEqual([1, 2, 3, 4].map((x) => ({ x, y: 0.5 })));
  expect(falling.mark.strokeWidth).toBeGreaterThan(flat.mark.strokeWidth);
});

it('thins long runs, and keeps their ends', () => {
  const [{ data }] = linesOf(100_000);
  expect(data.values.length).toBeLessThan(1100);
  expect([data.values[0], data.values.at(-1)]).toEqual([
    { x: 1, y: 1 },
    { x: 100_000, y: 1e-5 },
  ]);
});

it('names the schedules and tells them apart by color', async () => {
  const svg = await renderSvg(schedulesSpec(SCHEDULES, 1200));
  for (const text of ['falling', 'flat', 'over a run of 1,200 steps']) expect(svg).toContain(`>${text}</text>`);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  const strokes = [...svg.matchAll(/stroke="(#[\da-f]{6})" stroke-width="2/g)].map(([, color]) => color);
  expect(new Set(strokes).size).toBe(2);
});
