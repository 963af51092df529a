import { readFileSync } from 'node:fs';
import type { Schedule } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { createSchedule, warmupCosine } from './create-schedule.js';
import { constant, cosine, join, linear } from './schedules.js';

// What transformers' and PyTorch's schedulers give, the rate at index k being that of our step k: fixtures/schedules/make.py.
const reference = JSON.parse(
  readFileSync(new URL('../../../../fixtures/schedules/schedules.json', import.meta.url), 'utf8'),
) as { peak: number; minimum: number; warmup: number; total: number; rates: Record<string, number[]> };
const { peak, minimum, warmup, total } = reference;
const warmed = { learningRate: peak, warmupSteps: warmup, totalSteps: total };

const ours: Record<string, Schedule> = {
  'transformers/cosine': createSchedule({ kind: 'cosine', ...warmed }),
  'transformers/cosine-minimum': warmupCosine({ ...warmed, minLearningRate: minimum }),
  'transformers/linear': createSchedule({ kind: 'linear', ...warmed }),
  'transformers/constant': createSchedule({ kind: 'constant', ...warmed }),
  'torch/cosine': cosine({ from: peak, to: minimum, steps: total }),
  'torch/linear': createSchedule({ kind: 'linear', learningRate: peak, minLearningRate: minimum, totalSteps: total }),
  'torch/constant': constant(peak),
  'torch/joined': join(
    linear({ from: peak / 5, to: peak, steps: 4 }),
    4,
    cosine({ from: peak, to: minimum, steps: 20 }),
  ),
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
    for (const schedule of [cosine, linear].map((make) => make({ from: peak, to: minimum, steps: 10 }))) {
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
