import { readFileSync } from 'node:fs';
import type { Schedule } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { createSchedule, warmupCosine } from './create-schedule.js';
import {
  atLeast,
  constant,
  cosine,
  cosineRestarts,
  exponential,
  inverseSquareRoot,
  join,
  linear,
  piecewise,
  squareRoot,
} from './schedules.js';

// What transformers' and PyTorch's schedulers give, the rate at index k being that of our step k: fixtures/schedules/make.py.
const reference = JSON.parse(
  readFileSync(new URL('../../../../fixtures/schedules/schedules.json', import.meta.url), 'utf8'),
) as { peak: number; minimum: number; warmup: number; total: number; decay: number; rates: Record<string, number[]> };
const { peak, minimum, warmup, total, decay: decaySteps } = reference;
const warmed = { learningRate: peak, warmupSteps: warmup, totalSteps: total };
const whole = { learningRate: peak, minLearningRate: minimum, totalSteps: total };
const stableDecay = { kind: 'warmup-stable-decay', decaySteps } as const;

const ours: Record<string, Schedule> = {
  'transformers/cosine': createSchedule({ kind: 'cosine', ...warmed }),
  'transformers/cosine-minimum': warmupCosine({ ...warmed, minLearningRate: minimum }),
  'transformers/linear': createSchedule({ kind: 'linear', ...warmed }),
  'transformers/constant': createSchedule({ kind: 'constant', ...warmed }),
  'torch/cosine': cosine({ from: peak, to: minimum, steps: total }),
  'torch/linear': createSchedule({ kind: 'linear', ...whole }),
  'torch/constant': constant(peak),
  'torch/joined': join(
    linear({ from: peak / 5, to: peak, steps: 4 }),
    4,
    cosine({ from: peak, to: minimum, steps: 20 }),
  ),
  'torch/cosine-restarts': cosineRestarts({ from: peak, to: minimum, steps: 49, cycles: 3, cycleGrowth: 2 }),
  'transformers/cosine-restarts': createSchedule({ kind: 'cosine-restarts', ...warmed, cycles: 3 }),
  'torch/exponential': createSchedule({ kind: 'exponential', ...whole }),
  'transformers/inverse-sqrt': createSchedule({ kind: 'inverse-sqrt', ...warmed }),
  'transformers/inverse-sqrt-timescale': createSchedule({ kind: 'inverse-sqrt', ...warmed, timescale: 20 }),
  'transformers/warmup-stable-decay': createSchedule({ ...stableDecay, ...warmed }),
  'transformers/stable-decay-cosine': createSchedule({ ...stableDecay, ...whole, decayShape: 'cosine' }),
  'transformers/stable-decay-1-sqrt': createSchedule({ ...stableDecay, ...whole, decayShape: '1-sqrt' }),
  'torch/one-cycle': createSchedule({ kind: 'one-cycle', ...whole, warmupSteps: warmup }),
  'torch/piecewise': piecewise(peak, [20, 35], 0.3),
};

describe('schedules', () => {
  it('are compared with every recorded one', () => {
    expect(Object.keys(ours).sort()).toEqual(Object.keys(reference.rates).sort());
  });

  it.each(Object.keys(ours))('have the rates of %s at every step', (name) => {
    const expected = reference.rates[name];
    expect(expected.length).toBeGreaterThan(20);
    const furthest = Math.max(...expected.map((rate, step) => Math.abs(ours[name](step) - rate)));
    expect(furthest / peak).toBeLessThan(1e-12);
  });

  it('stay at exactly their last rate behind the last step', () => {
    for (const schedule of [cosine, linear, squareRoot, exponential].map((make) =>
      make({ from: peak, to: minimum, steps: 10 }),
    )) {
      expect([10, 11, 1000].map(schedule)).toEqual([minimum, minimum, minimum]);
    }
    expect(warmupCosine(warmed)(total + 100)).toBe(0);
  });

  it('never leave the range from the minimum to the peak, which they reach', () => {
    const rates = Array.from({ length: total }, (_, i) => warmupCosine({ ...warmed, minLearningRate: minimum })(i + 1));
    expect(Math.max(...rates)).toBe(peak);
    expect(rates.indexOf(peak) + 1).toBe(warmup);
    expect(Math.min(...rates.slice(warmup))).toBe(minimum);
    expect(rates[0]).toBeCloseTo(peak / warmup, 12);
  });

  it('start every cycle at exactly the first rate, on whole steps too', () => {
    const sevenths = cosineRestarts({ from: 3, to: 1, steps: 35, cycles: 15, cycleGrowth: 1 });
    expect([0, 7, 14, 21, 28, 35, 99].map(sevenths)).toEqual([3, 3, 3, 3, 3, 1, 1]);
    const growing = cosineRestarts({ from: 3, to: 1, steps: 70, cycles: 3, cycleGrowth: 2 });
    expect([0, 5, 10, 20, 30, 50, 70].map(growing).map((rate) => Math.round(1e12 * rate) / 1e12)).toEqual([
      3, 2, 3, 2, 3, 2, 1,
    ]);
  });

  it('halve the rate of an inverse square root after three times its timescale', () => {
    expect([0, 30, 150].map(inverseSquareRoot(8, 10))).toEqual([8, 4, 2]);
  });

  it('are kept above a minimum where they would go below it', () => {
    expect([0, 30, 150, 1e9].map(atLeast(3, inverseSquareRoot(8, 10)))).toEqual([8, 4, 3, 3]);
    expect([1, 2, 3, 4].map(atLeast(0.5, piecewise(8, [2, 3, 4], 0.25)))).toEqual([8, 2, 0.5, 0.5]);
  });

  it('can rise as well as fall', () => {
    expect([0, 5, 10].map(linear({ from: 1, to: 3, steps: 10 }))).toEqual([1, 2, 3]);
    const rise = cosine({ from: 1, to: 3, steps: 10 });
    expect([rise(0), rise(10)]).toEqual([1, 3]);
    expect(rise(5)).toBeCloseTo(2, 12);
  });
});

describe('join', () => {
  it('takes the first up to the boundary and then counts from it', () => {
    const joined = join(
      (step) => step,
      3,
      (step) => 100 + step,
    );
    expect([1, 2, 3, 4, 5].map(joined)).toEqual([1, 2, 3, 101, 102]);
  });

  it('joins joined ones', () => {
    const joined = join(constant(1), 2, join(constant(2), 2, constant(3)));
    expect([1, 2, 3, 4, 5, 6].map(joined)).toEqual([1, 1, 2, 2, 3, 3]);
  });
});
