import type { Schedule } from '@sheep/core';
import { createSchedule, type ScheduleOptions, settingsInForce } from '@sheep/train';
import type { RunConfig } from '../config/schema.js';

/** A run's schedule, and the configuration that it follows. */
export interface RunSchedule {
  readonly config: RunConfig;
  readonly schedule: Schedule;
}

function withSchedule(config: RunConfig, settings: Partial<RunConfig['train']['schedule']>): RunConfig {
  const { train } = config;
  return { ...config, train: { ...train, schedule: { ...train.schedule, ...settings } } };
}

function shortenWarmup(config: RunConfig, totalSteps: number, note: (text: string) => void): RunConfig {
  const given = config.train.schedule.warmupSteps;
  if (given <= totalSteps) return config;
  const warmupSteps = Math.floor(totalSteps / 10);
  note(`warm-up shortened from ${given} to ${warmupSteps} steps, a tenth of the run's ${totalSteps}`);
  return withSchedule(config, { warmupSteps });
}

/**
 * The schedule of a run of so many steps. Every setting of its kind is in the configuration that comes back, and a warm-up no
 * longer than the run.
 *
 * @param note is told of a warm-up that was longer.
 * @throws SheepError `bad-option` where its numbers do not make a schedule of this length.
 */
export function settleSchedule(given: RunConfig, totalSteps: number, note: (text: string) => void): RunSchedule {
  const config = shortenWarmup(given, totalSteps, note);
  const { schedule, learningRate } = config.train;
  const options: ScheduleOptions = { ...schedule, learningRate, totalSteps };
  return { config: withSchedule(config, settingsInForce(options)), schedule: createSchedule(options) };
}
