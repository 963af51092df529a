import { SheepError } from '@sheep/core';
import type { NamedSchedule } from '@sheep/metrics';
import { type ScheduleKind, scheduleKinds, settingsOf } from '@sheep/train';
import { isValues, type Layer, valueAt, valuesOf } from '../config/layers.js';
import { resolveConfig } from '../config/resolve.js';
import { nearest } from '../nearest.js';
import { settleSchedule } from './run-schedule.js';

function unknownKind(name: string): SheepError {
  const meant = nearest(name, scheduleKinds);
  return new SheepError('bad-option', {
    doing: 'choosing schedules',
    expected: `kinds among ${scheduleKinds.join(', ')}`,
    received: `'${name}'`,
    remedy: meant === undefined ? 'give such a kind' : `did you mean '${meant}'?`,
  });
}

/** The kinds of these names, all of them where none is given. @throws SheepError `bad-option` for a name that is none. */
export function kindsOf(names: readonly string[]): readonly ScheduleKind[] {
  const unknown = names.find((name) => !(scheduleKinds as readonly string[]).includes(name));
  if (unknown !== undefined) throw unknownKind(unknown);
  return names.length === 0 ? scheduleKinds : (names as readonly ScheduleKind[]);
}

/** A layer without these settings of a schedule. */
function without(settings: readonly string[], layer: Layer): Layer {
  const schedule = valueAt(layer.values, ['train', 'schedule']);
  if (!isValues(schedule)) return layer;
  const kept = Object.fromEntries(Object.entries(schedule).filter(([key]) => !settings.includes(key)));
  return { ...layer, values: { ...layer.values, train: { ...(layer.values.train as object), schedule: kept } } };
}

function stepsOf(maxSteps: number | null): number {
  if (maxSteps !== null) return maxSteps;
  throw new SheepError('bad-option', {
    doing: 'drawing schedules',
    expected: 'train.maxSteps, as only the data would tell how many steps an epoch has',
    received: 'null',
    remedy: 'give --max-steps',
  });
}

/** Schedules of one run. */
export interface NamedSchedules {
  readonly schedules: readonly NamedSchedule[];
  readonly totalSteps: number;
}

/**
 * What the schedule of a configuration would be with each of some kinds. A setting goes to the kind that has it.
 *
 * @param note is told what is not as the configuration says.
 * @throws SheepError `bad-option` for what is wrong with the configuration, as a setting that none of the kinds has.
 */
export function namedSchedules(
  layers: readonly Layer[],
  kinds: readonly ScheduleKind[],
  note: (text: string) => void,
): NamedSchedules {
  let totalSteps = 0;
  const schedules = kinds.map((kind) => {
    const others = kinds.filter((other) => other !== kind).flatMap(settingsOf);
    const values = valuesOf(['train', 'schedule', 'kind'], kind);
    const own = layers.map((layer) => without(others, layer));
    const config = resolveConfig([...own, { origin: kind, values, commandLine: true }]);
    totalSteps = stepsOf(config.train.maxSteps);
    return { name: kind, schedule: settleSchedule(config, totalSteps, note).schedule };
  });
  return { schedules, totalSteps };
}
