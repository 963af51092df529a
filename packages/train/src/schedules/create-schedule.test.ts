import { SheepError } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import {
  createSchedule,
  type ScheduleKind,
  scheduleKinds,
  type ScheduleOptions,
  settingsInForce,
  settingsOf,
} from './create-schedule.js';
import type { ScheduleSettings } from './numbers.js';

const good: ScheduleOptions = { kind: 'cosine', learningRate: 1e-3, totalSteps: 100 };

function refusal(options: Partial<ScheduleOptions>): SheepError {
  try {
    createSchedule({ ...good, ...options });
  } catch (error) {
    if (error instanceof SheepError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('createSchedule', () => {
  it.each([
    [{ learningRate: NaN }, 'a learning rate above 0', 'NaN'],
    [{ learningRate: -1e-3 }, 'a learning rate above 0', '-0.001'],
    [{ learningRate: 0 }, 'a learning rate above 0', '0'],
    [{ learningRate: Infinity }, 'a learning rate above 0', 'Infinity'],
    [{ minLearningRate: 2e-3 }, 'a minimum from 0 to the learning rate 0.001', '0.002'],
    [{ minLearningRate: -1 }, 'a minimum from 0 to the learning rate 0.001', '-1'],
    [{ minLearningRate: NaN }, 'a minimum from 0 to the learning rate 0.001', 'NaN'],
    [{ warmupSteps: 101 }, 'a warm-up of at most the 100 steps of the run', '101'],
    [{ warmupSteps: -1 }, 'a warm-up of at most the 100 steps of the run', '-1'],
    [{ totalSteps: 0 }, 'a run of at least 1 step', '0'],
    [{ totalSteps: NaN }, 'a run of at least 1 step', 'NaN'],
    [{ kind: 'cosin' as never }, `a kind of schedule: ${scheduleKinds.join(', ')}`, 'cosin'],
    [{ kind: 'toString' as never }, `a kind of schedule: ${scheduleKinds.join(', ')}`, 'toString'],
  ])('refuses %o', (options, expected, received) => {
    const { code, parts } = refusal(options);
    expect([code, parts.expected, parts.received]).toEqual(['bad-option', expected, received]);
  });

  it.each<[ScheduleKind, ScheduleSettings, string, string]>([
    ['cosine-restarts', { cycles: 1.5 }, 'cycles as a whole number of at least 1', '1.5'],
    ['cosine-restarts', { cycles: 0 }, 'cycles as a whole number of at least 1', '0'],
    ['cosine-restarts', { cycleGrowth: 0 }, 'cycleGrowth above 0', '0'],
    ['inverse-sqrt', { timescale: 0 }, 'a timescale above 0', '0'],
    ['inverse-sqrt', { timescale: NaN }, 'a timescale above 0', 'NaN'],
    ['warmup-stable-decay', { decaySteps: 91 }, 'decaySteps from 0 to the 90 steps behind the warm-up', '91'],
    ['warmup-stable-decay', { decaySteps: -1 }, 'decaySteps from 0 to the 90 steps behind the warm-up', '-1'],
    ['warmup-stable-decay', { decayShape: 'sine' as never }, 'a decayShape: linear, cosine, 1-sqrt', 'sine'],
    ['piecewise', { boundaries: [20, 19] }, 'boundaries in order, from step 10, the end of the warm-up, on', '20, 19'],
    ['piecewise', { boundaries: [9] }, 'boundaries in order, from step 10, the end of the warm-up, on', '9'],
    ['piecewise', { boundaries: [NaN] }, 'boundaries in order, from step 10, the end of the warm-up, on', 'NaN'],
    ['piecewise', { factor: 0 }, 'a factor above 0', '0'],
    ['exponential', {}, 'a minimum above 0 for an exponential, which never reaches 0', '0'],
  ])('refuses %s with %o', (kind, settings, expected, received) => {
    const { code, parts } = refusal({ kind, warmupSteps: 10, ...settings });
    expect([code, parts.expected, parts.received]).toEqual(['bad-option', expected, received]);
  });

  it('refuses a setting of another kind and names that', () => {
    expect(refusal({ decaySteps: 3 }).message).toBe(
      'making a learning rate schedule: expected no settings, as cosine has none, received decaySteps; ' +
        'leave decaySteps out, or take the kind that has it, warmup-stable-decay',
    );
    const { parts } = refusal({ kind: 'piecewise', factor: 0.5, cycles: 2 });
    expect([parts.expected, parts.received]).toEqual(['settings of piecewise: boundaries, factor', 'cycles']);
  });

  it('has for each setting a default, and the same rates where that is given', () => {
    const options = { learningRate: 1e-3, minLearningRate: 1e-4, warmupSteps: 20, totalSteps: 100 };
    const inForce = scheduleKinds.map((kind) => [kind, settingsInForce({ kind, ...options })] as const);
    expect(Object.fromEntries(inForce)).toMatchObject({
      cosine: {},
      'cosine-restarts': { cycles: 4, cycleGrowth: 1 },
      'inverse-sqrt': { timescale: 20 },
      'warmup-stable-decay': { decaySteps: 20, decayShape: 'linear' },
      piecewise: { boundaries: [80, 90], factor: 0.316 },
    });
    expect(settingsInForce({ kind: 'inverse-sqrt', ...options, warmupSteps: 0 })).toEqual({ timescale: 10_000 });
    for (const [kind, settings] of inForce) {
      expect(Object.keys(settings)).toEqual(settingsOf(kind));
      const [open, given] = [{}, settings].map((more) => createSchedule({ kind, ...options, ...more }));
      for (let step = 1; step <= 110; step += 1) expect(given(step)).toBe(open(step));
    }
  });

  it('reaches the peak at the end of the warm-up, and never leaves the range behind it', () => {
    for (const kind of scheduleKinds) {
      const schedule = createSchedule({ ...good, kind, minLearningRate: 2e-4, warmupSteps: 20 });
      expect(schedule(20)).toBe(1e-3);
      const behind = Array.from({ length: 100 }, (_, i) => schedule(20 + i));
      expect(Math.max(...behind)).toBeLessThanOrEqual(1e-3 * (1 + 1e-15));
      expect(Math.min(...behind)).toBeGreaterThanOrEqual(2e-4);
    }
  });

  it('takes a warm-up as long as the run, whatever comes behind', () => {
    const behind: Partial<Record<ScheduleKind, number>> = {
      constant: 1e-3,
      'inverse-sqrt': 1e-3 * Math.sqrt(100 / 101),
      piecewise: 1e-3 * 0.316 ** 2,
    };
    for (const kind of scheduleKinds) {
      const schedule = createSchedule({ ...good, kind, minLearningRate: 1e-5, warmupSteps: 100 });
      expect(schedule(50)).toBeCloseTo(kind === 'one-cycle' ? 5.2e-4 : 5e-4, 12);
      expect(schedule(100)).toBe(1e-3);
      expect(schedule(101)).toBeCloseTo(behind[kind] ?? 1e-5, 12);
    }
  });
});
