import { SheepError } from '@sheep/core';
import { higherIsBetter, isMetricValue, metricIn, type Metric, type MetricValue } from './metric.js';
import type { Rule } from './rule.js';

/** What is enough. */
export interface TargetOptions {
  /** `eval.loss` unless given. */
  readonly metric?: Metric;
  /** The metric's value at which the run ends, or a better one. */
  readonly value: number;
}

/**
 * Ends a run whose newest value of a metric is good enough.
 *
 * @throws SheepError `bad-option` where the value is no number.
 */
export function target({ metric = 'eval.loss', value }: TargetOptions): Rule<MetricValue | null> {
  if (!Number.isFinite(value)) {
    const parts = { doing: 'making a target', expected: 'a number', received: String(value), remedy: 'give one' };
    throw new SheepError('bad-option', parts);
  }
  return {
    name: 'target',
    start: null,
    isState: isMetricValue,
    observe: (newest, measured) => metricIn(measured, metric) ?? newest,
    verdict(newest) {
      if (newest === null) return undefined;
      if (higherIsBetter(metric) ? newest.value < value : newest.value > value) return undefined;
      return `${metric} is ${newest.value} at step ${newest.step}, the target was ${value}`;
    },
  };
}
