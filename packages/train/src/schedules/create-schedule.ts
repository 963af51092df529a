import { SheepError, type Schedule } from '@sheep/core';
import { constant, cosine, join, linear, type RateChange } from './schedules.js';

// What comes behind the warm-up, by the name that a configuration gives it.
const decays = {
  constant: ({ from }) => constant(from),
  linear,
  cosine,
} as const satisfies Record<string, (change: RateChange) => Schedule>;

/** The name of a schedule. */
export type ScheduleKind = keyof typeof decays;

/** The names of the schedules. */
export const scheduleKinds = Object.keys(decays) as readonly ScheduleKind[];

/** A schedule in numbers. */
export interface ScheduleOptions {
  readonly kind: ScheduleKind;
  /** The highest rate, reached at the end of the warm-up. */
  readonly learningRate: number;
  /** Steps in which the rate rises from 0 in a straight line; 0 unless given. */
  readonly warmupSteps?: number;
  /** The rate at the last step, which `constant` does not come down to; 0 unless given. */
  readonly minLearningRate?: number;
  /** Steps of the run, the warm-up included. */
  readonly totalSteps: number;
}

const wrong = (expected: string, received: unknown): SheepError =>
  new SheepError('bad-option', {
    doing: 'making a learning rate schedule',
    expected,
    received: String(received),
    remedy: 'change that value',
  });

function check({ kind, learningRate, minLearningRate = 0, warmupSteps = 0, totalSteps }: ScheduleOptions): void {
  if (!scheduleKinds.includes(kind)) throw wrong(`a kind of schedule: ${scheduleKinds.join(', ')}`, kind);
  if (!(learningRate > 0 && learningRate < Infinity)) throw wrong('a learning rate above 0', learningRate);
  if (!(minLearningRate >= 0 && minLearningRate <= learningRate)) {
    throw wrong(`a minimum from 0 to the learning rate ${learningRate}`, minLearningRate);
  }
  if (!(totalSteps >= 1)) throw wrong('a run of at least 1 step', totalSteps);
  if (!(warmupSteps >= 0 && warmupSteps <= totalSteps)) {
    throw wrong(`a warm-up of at most the ${totalSteps} steps of the run`, warmupSteps);
  }
}

/**
 * A warm-up joined to a schedule by its name.
 *
 * @throws SheepError `bad-option` where the numbers do not make a schedule.
 */
export function createSchedule(options: ScheduleOptions): Schedule {
  check(options);
  const { kind, learningRate, warmupSteps = 0, minLearningRate = 0, totalSteps } = options;
  const decay = decays[kind]({ from: learningRate, to: minLearningRate, steps: totalSteps - warmupSteps });
  if (warmupSteps === 0) return decay;
  return join(linear({ from: 0, to: learningRate, steps: warmupSteps }), warmupSteps, decay);
}

/** Shorthand for a warm-up joined to a cosine. */
export function warmupCosine(options: Omit<ScheduleOptions, 'kind'>): Schedule {
  return createSchedule({ kind: 'cosine', ...options });
}
