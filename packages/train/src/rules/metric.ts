import type { Measurement } from './rule.js';

/**
 * What rules can judge by, as `type.field` of the events. Single steps are not among them: how many of them the host
 * has read depends on `logEvery`, and no run may end elsewhere because of that.
 */
export const metricNames = ['eval.loss', 'eval.perplexity', 'eval.accuracy', 'epoch.loss'] as const;

/** A number that a run reports: `epoch.loss` is the mean training loss of an epoch, the others are of validation. */
export type Metric = (typeof metricNames)[number];

/** A value of a metric, and the step after which it was measured. */
export interface MetricValue {
  readonly step: number;
  readonly value: number;
}

/** Whether higher values of a metric are the better ones. */
export function higherIsBetter(metric: Metric): boolean {
  return metric === 'eval.accuracy';
}

/** The metric's value in a measurement; undefined where that tells of something else, or is not finite. */
export function metricIn(measured: Measurement, metric: Metric): MetricValue | undefined {
  const [type, field] = metric.split('.');
  if (measured.type !== type) return undefined;
  const value = (measured as unknown as Readonly<Record<string, number>>)[field];
  return Number.isFinite(value) ? { step: measured.step, value } : undefined;
}

/** Whether a measurement has the metric, finite or not. */
export function reports(measured: Measurement, metric: Metric): boolean {
  return metric.startsWith(`${measured.type}.`);
}

/** Whether a value is better than the best before by more than `minDelta`; the first value is. */
export function improves(metric: Metric, value: number, best: MetricValue | null, minDelta = 0): boolean {
  if (best === null) return true;
  return higherIsBetter(metric) ? value > best.value + minDelta : value < best.value - minDelta;
}

/** Whether a value from a checkpoint is one of a metric, or none yet. */
export function isMetricValue(value: unknown): value is MetricValue | null {
  if (value === null) return true;
  const { step, value: number } = Object(value) as Record<string, unknown>;
  return Number.isSafeInteger(step) && Number.isFinite(number);
}
