import { SheepError } from '@sheep/core';
import { improves, isMetricValue, metricIn, reports, type Metric, type MetricValue } from './metric.js';
import type { Rule } from './rule.js';

/** How long to wait for an improvement: one of the first two. */
export interface PatienceOptions {
  /** Readings of the metric in a row without improvement after which the run ends. */
  readonly evaluations?: number;
  /** Epochs in a row without improvement after which the run ends. */
  readonly epochs?: number;
  /** By how much the metric must improve on the best to count; 0 unless given. */
  readonly minDelta?: number;
  /** `eval.loss` unless given. */
  readonly metric?: Metric;
}

/** What patience has noted. */
export interface PatienceState {
  /** The newest value that counted as an improvement. */
  readonly best: MetricValue | null;
  /** Whether there was one since the last evaluation, or epoch, that was counted. */
  readonly improved: boolean;
  /** Evaluations, or epochs, in a row without one. */
  readonly without: number;
}

const wrong = (expected: string, received: unknown): SheepError =>
  new SheepError('bad-option', { doing: 'making patience', expected, received: String(received), remedy: 'give that' });

function limitOf({ evaluations, epochs, minDelta = 0 }: PatienceOptions): number {
  const [limit, ...more] = [evaluations, epochs].filter((count) => count !== undefined);
  if (limit === undefined || more.length > 0) {
    throw wrong('evaluations or epochs', limit === undefined ? 'neither' : 'both');
  }
  if (!(Number.isSafeInteger(limit) && limit >= 1)) throw wrong('a whole number of at least 1', limit);
  if (!(minDelta >= 0 && minDelta < Infinity)) throw wrong('a minDelta of 0 or more', minDelta);
  return limit;
}

function isState(value: unknown): value is PatienceState {
  const { best, improved, without } = Object(value) as Record<string, unknown>;
  return isMetricValue(best) && typeof improved === 'boolean' && Number.isSafeInteger(without);
}

/**
 * Ends a run that no longer improves. A value that is not finite is no improvement.
 *
 * @throws SheepError `bad-option` for numbers out of range.
 * @see Prechelt, "Early stopping - but when?", 1998. It counts as `keras.callbacks.EarlyStopping` does.
 */
export function patience(options: PatienceOptions): Rule<PatienceState> {
  const { epochs, minDelta = 0, metric = 'eval.loss' } = options;
  const limit = limitOf(options);
  const unit = epochs === undefined ? 'evaluations' : 'epochs';
  const least = minDelta === 0 ? '' : ` by more than ${minDelta}`;
  return {
    name: epochs === undefined ? 'patience' : 'patience-epochs',
    start: { best: null, improved: false, without: 0 },
    isState,
    observe(state, measured) {
      const value = metricIn(measured, metric);
      const better = value !== undefined && improves(metric, value.value, state.best, minDelta);
      const improved = state.improved || better;
      const best = better ? value : state.best;
      const counts = epochs === undefined ? reports(measured, metric) : measured.type === 'epoch';
      if (!counts) return { ...state, best, improved };
      return { best, improved: false, without: improved ? 0 : state.without + 1 };
    },
    verdict({ best, without }) {
      if (without < limit) return undefined;
      const last = best === null ? 'it was never finite' : `the last was ${best.value} at step ${best.step}`;
      return `${metric} has not improved${least} for ${without} ${unit}: ${last}`;
    },
  };
}
