import { SheepError, type Schedule } from '@sheep/core';
import { cosine, linear, type RateChange, squareRoot } from './schedules.js';

/** How `warmup-stable-decay` may come down, by name. */
export const decays = { linear, cosine, '1-sqrt': squareRoot } as const satisfies Record<
  string,
  (change: RateChange) => Schedule
>;

/** The name of a way in which `warmup-stable-decay` comes down. */
export type DecayShape = keyof typeof decays;

/** The names of the ways in which `warmup-stable-decay` comes down. */
export const decayShapes = Object.keys(decays) as readonly DecayShape[];

/** What only some kinds of schedules have; a kind's own settings alone may be given. */
export interface ScheduleSettings {
  /** Of `cosine-restarts`: how often the rate falls; 4 unless given. */
  readonly cycles?: number | undefined;
  /** Of `cosine-restarts`: how many times as long as the one before each fall is; 1 unless given. */
  readonly cycleGrowth?: number | undefined;
  /** Of `inverse-sqrt`, in steps: rate * sqrt(timescale / (timescale + step)); as long as the warm-up, or 10,000 without one, unless given. */
  readonly timescale?: number | undefined;
  /** Of `warmup-stable-decay`: steps at the end in which the rate falls; a fifth of the run unless given. */
  readonly decaySteps?: number | undefined;
  /** Of `warmup-stable-decay`: along what it falls; `linear` unless given. */
  readonly decayShape?: DecayShape | undefined;
  /** Of `piecewise`: steps of the run at which the rate changes; at 80 and 90 % of it unless given. */
  readonly boundaries?: readonly number[] | undefined;
  /** Of `piecewise`: what the rate is multiplied with at each of them; 0.316 unless given. */
  readonly factor?: number | undefined;
}

/** What all kinds have. */
export interface ScheduleRange {
  /** The highest rate, reached at the end of the warm-up. */
  readonly learningRate: number;
  /** Steps in which the rate rises, from 0 in a straight line but for `one-cycle`; 0 unless given. */
  readonly warmupSteps?: number;
  /** The rate below which the schedule does not go behind the warm-up, and which most have at the last step; 0 unless given. */
  readonly minLearningRate?: number;
  /** Steps of the run, the warm-up included. */
  readonly totalSteps: number;
}

type Given<T> = { readonly [Key in keyof T]-?: Exclude<T[Key], undefined> };

/** Every number of a schedule. */
export type ScheduleNumbers = Given<ScheduleRange & ScheduleSettings>;

/** Transformers' too. */
const DEFAULT_TIMESCALE = 10_000;
/** The steps of DeepSeek LLM, https://arxiv.org/abs/2401.02954: to a tenth of the peak in two. */
const DEFAULT_STEPS = { shares: [0.8, 0.9], factor: 0.316 } as const;
/** What Hägele et al. found to be enough, https://arxiv.org/abs/2405.18392. */
const DEFAULT_DECAY = 0.2;

function defaultSettings(warmupSteps: number, totalSteps: number): Given<ScheduleSettings> {
  return {
    cycles: 4,
    cycleGrowth: 1,
    timescale: warmupSteps || DEFAULT_TIMESCALE,
    decaySteps: Math.min(totalSteps - warmupSteps, Math.round(DEFAULT_DECAY * totalSteps)),
    decayShape: 'linear',
    boundaries: DEFAULT_STEPS.shares.map((share) => Math.max(warmupSteps, Math.round(share * totalSteps))),
    factor: DEFAULT_STEPS.factor,
  };
}

/** Fills in what is not given. */
export function withDefaults(given: ScheduleRange & ScheduleSettings): ScheduleNumbers {
  const { learningRate, warmupSteps = 0, minLearningRate = 0, totalSteps, ...settings } = given;
  const ofKind = Object.entries(settings).filter(([, value]) => value !== undefined);
  const range = { learningRate, warmupSteps, minLearningRate, totalSteps };
  return { ...defaultSettings(warmupSteps, totalSteps), ...Object.fromEntries(ofKind), ...range } as ScheduleNumbers;
}

/** A schedule that cannot be made. */
export function wrong(expected: string, received: unknown, remedy = 'change that value'): SheepError {
  const doing = 'making a learning rate schedule';
  return new SheepError('bad-option', { doing, expected, received: String(received), remedy });
}

const isPositive = (value: number): boolean => value > 0 && value < Infinity;

/** @throws SheepError `bad-option` where the range does not make a schedule. */
export function checkRange({ learningRate, minLearningRate, warmupSteps, totalSteps }: ScheduleNumbers): void {
  if (!isPositive(learningRate)) throw wrong('a learning rate above 0', learningRate);
  if (!(minLearningRate >= 0 && minLearningRate <= learningRate)) {
    throw wrong(`a minimum from 0 to the learning rate ${learningRate}`, minLearningRate);
  }
  if (!(totalSteps >= 1)) throw wrong('a run of at least 1 step', totalSteps);
  if (!(warmupSteps >= 0 && warmupSteps <= totalSteps)) {
    throw wrong(`a warm-up of at most the ${totalSteps} steps of the run`, warmupSteps);
  }
}

/** @throws SheepError `bad-option` where a setting is out of its range. */
export function checkSettings(numbers: ScheduleNumbers): void {
  const { cycles, cycleGrowth, timescale, decaySteps, decayShape, boundaries, factor } = numbers;
  const { warmupSteps, totalSteps } = numbers;
  if (!(Number.isSafeInteger(cycles) && cycles >= 1)) throw wrong('cycles as a whole number of at least 1', cycles);
  if (!isPositive(cycleGrowth)) throw wrong('cycleGrowth above 0', cycleGrowth);
  if (!isPositive(timescale)) throw wrong('a timescale above 0', timescale);
  const behind = totalSteps - warmupSteps;
  if (!(decaySteps >= 0 && decaySteps <= behind)) {
    throw wrong(`decaySteps from 0 to the ${behind} steps behind the warm-up`, decaySteps);
  }
  if (!decayShapes.includes(decayShape)) throw wrong(`a decayShape: ${decayShapes.join(', ')}`, decayShape);
  const starts = [warmupSteps, ...boundaries];
  if (!boundaries.every((boundary, i) => boundary >= starts[i] && boundary < Infinity)) {
    throw wrong(`boundaries in order, from step ${warmupSteps}, the end of the warm-up, on`, boundaries.join(', '));
  }
  if (!isPositive(factor)) throw wrong('a factor above 0', factor);
}
