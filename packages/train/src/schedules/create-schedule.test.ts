import { SheepError } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { createSchedule, scheduleKinds, type ScheduleOptions } from './create-schedule.js';

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
    [{ kind: 'cosin' as never }, 'a kind of schedule: constant, linear, cosine', 'cosin'],
    [{ kind: 'toString' as never }, 'a kind of schedule: constant, linear, cosine', 'toString'],
  ])('refuses %o', (options, expected, received) => {
    const { code, parts } = refusal(options);
    expect([code, parts.expected, parts.received]).toEqual(['bad-option', expected, received]);
  });

  it('takes a warm-up as long as the run, whatever comes behind', () => {
    for (const kind of scheduleKinds) {
      const schedule = createSchedule({ ...good, kind, warmupSteps: 100 });
      expect([50, 100].map(schedule)).toEqual([5e-4, 1e-3]);
      expect(schedule(101)).toBe(kind === 'constant' ? 1e-3 : 0);
    }
  });
});
