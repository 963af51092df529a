import type { Schedule } from '@sheep/core';
import {
  checkRange,
  checkSettings,
  decays,
  type ScheduleNumbers,
  type ScheduleRange,
  type ScheduleSettings,
  withDefaults,
  wrong,
} from './numbers.js';
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
  type RateChange,
} from './schedules.js';

/** What a name stands for. */
interface Kind {
  /** The settings that it has and not every kind. */
  readonly settings: readonly (keyof ScheduleSettings)[];
  /** The warm-up; from 0 in a straight line unless given. */
  readonly rise?: (numbers: ScheduleNumbers) => Schedule;
  /** What comes behind the warm-up, and counts its steps from there. */
  readonly fall: (numbers: ScheduleNumbers) => Schedule;
}

/** Where `one-cycle` starts, as a share of its highest rate: PyTorch's and fastai's too. */
const ONE_CYCLE_START = 1 / 25;

const fallOf = ({ learningRate, minLearningRate, totalSteps, warmupSteps }: ScheduleNumbers): RateChange => ({
  from: learningRate,
  to: minLearningRate,
  steps: totalSteps - warmupSteps,
});

const table = {
  constant: { settings: [], fall: ({ learningRate }) => constant(learningRate) },
  linear: { settings: [], fall: (numbers) => linear(fallOf(numbers)) },
  cosine: { settings: [], fall: (numbers) => cosine(fallOf(numbers)) },
  'cosine-restarts': {
    settings: ['cycles', 'cycleGrowth'],
    fall: (numbers) => cosineRestarts({ ...numbers, ...fallOf(numbers) }),
  },
  exponential: {
    settings: [],
    fall(numbers) {
      if (numbers.minLearningRate === 0) throw wrong('a minimum above 0 for an exponential, which never reaches 0', 0);
      return exponential(fallOf(numbers));
    },
  },
  'inverse-sqrt': {
    settings: ['timescale'],
    fall: ({ learningRate, minLearningRate, timescale }) =>
      atLeast(minLearningRate, inverseSquareRoot(learningRate, timescale)),
  },
  'warmup-stable-decay': {
    settings: ['decaySteps', 'decayShape'],
    fall(numbers) {
      const { decaySteps, decayShape } = numbers;
      const { from, to, steps } = fallOf(numbers);
      return join(constant(from), steps - decaySteps, decays[decayShape]({ from, to, steps: decaySteps }));
    },
  },
  'one-cycle': {
    settings: [],
    rise: ({ learningRate: to, warmupSteps: steps }) => cosine({ from: ONE_CYCLE_START * to, to, steps }),
    fall: (numbers) => cosine(fallOf(numbers)),
  },
  piecewise: {
    settings: ['boundaries', 'factor'],
    fall({ learningRate, minLearningRate, warmupSteps, boundaries, factor }) {
      const behind = boundaries.map((boundary) => boundary - warmupSteps);
      return atLeast(minLearningRate, piecewise(learningRate, behind, factor));
    },
  },
} as const satisfies Record<string, Kind>;

/** The name of a schedule. */
export type ScheduleKind = keyof typeof table;

const kinds: Readonly<Record<ScheduleKind, Kind>> = table;

/** The names of the schedules. */
export const scheduleKinds = Object.keys(kinds) as readonly ScheduleKind[];

const settingNames = [...new Set(scheduleKinds.flatMap((kind) => kinds[kind].settings))];

/** A schedule in numbers. */
export interface ScheduleOptions extends ScheduleRange, ScheduleSettings {
  readonly kind: ScheduleKind;
}

/** The settings that a kind has and not every kind. */
export function settingsOf(kind: ScheduleKind): readonly (keyof ScheduleSettings)[] {
  return kinds[kind].settings;
}

/** @throws SheepError `bad-option` for a kind that is none, or with the first setting that it does not have. */
export function checkScheduleSettings({ kind, ...settings }: ScheduleSettings & { readonly kind: ScheduleKind }): void {
  if (!scheduleKinds.includes(kind)) throw wrong(`a kind of schedule: ${scheduleKinds.join(', ')}`, kind);
  const known = settingsOf(kind);
  const foreign = settingNames.find((name) => settings[name] !== undefined && !known.includes(name));
  if (foreign === undefined) return;
  const takes = scheduleKinds.filter((other) => settingsOf(other).includes(foreign)).join(', ');
  const expected = known.length === 0 ? `no settings, as ${kind} has none` : `settings of ${kind}: ${known.join(', ')}`;
  throw wrong(expected, foreign, `leave ${foreign} out, or take the kind that has it, ${takes}`);
}

/** Every number of a schedule, checked. */
function numbersOf(options: ScheduleOptions): ScheduleNumbers {
  checkScheduleSettings(options);
  const numbers = withDefaults(options);
  checkRange(numbers);
  checkSettings(numbers);
  return numbers;
}

/**
 * The settings of a schedule's kind that are in force, those included that were not given.
 *
 * @throws SheepError as `createSchedule`.
 */
export function settingsInForce(options: ScheduleOptions): ScheduleSettings {
  const numbers = numbersOf(options);
  return Object.fromEntries(settingsOf(options.kind).map((name) => [name, numbers[name]]));
}

/**
 * A warm-up joined to a schedule by its name.
 *
 * @throws SheepError `bad-option` where the numbers do not make a schedule, or for a setting that its kind does not have.
 */
export function createSchedule(options: ScheduleOptions): Schedule {
  const numbers = numbersOf(options);
  const { learningRate, warmupSteps } = numbers;
  const { rise, fall } = kinds[options.kind];
  if (warmupSteps === 0) return fall(numbers);
  const warmup = rise?.(numbers) ?? linear({ from: 0, to: learningRate, steps: warmupSteps });
  return join(warmup, warmupSteps, fall(numbers));
}

/** Shorthand for a warm-up joined to a cosine. */
export function warmupCosine(options: Omit<ScheduleOptions, 'kind' | keyof ScheduleSettings>): Schedule {
  return createSchedule({ kind: 'cosine', ...options });
}
