import { SheepError, type StepEvent } from '@sheep/core';
import type { Rule } from './rule.js';

/** What is a spike, and what to do about it. */
export interface LossSpikeOptions {
  /** Steps before it that it is compared with; 50 unless given. */
  readonly window?: number;
  /** Standard deviations of their losses that it lies above their mean; 6 unless given. */
  readonly deviations?: number;
  /** What to change, as a phrase. */
  readonly remedy?: string;
}

/** What a loss spike's rule has noted. */
export interface LossSpikeState {
  /** The losses of the newest steps, none of them a spike. */
  readonly losses: readonly number[];
  /** What was found, for people. */
  readonly spike: string | null;
}

/** A rise that is smaller is none, however even the losses were: a model that knows its text by heart has such. */
const SMALLEST_RISE = 0.1;

function isState(value: unknown): value is LossSpikeState {
  const { losses, spike } = Object(value) as Record<string, unknown>;
  return Array.isArray(losses) && losses.every(Number.isFinite) && (spike === null || typeof spike === 'string');
}

function meanAndDeviation(values: readonly number[]): [mean: number, deviation: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return [mean, Math.sqrt(variance)];
}

/** The spike that a step is, as a phrase; undefined where it is none. */
function spikeAt({ step, loss }: StepEvent, losses: readonly number[], deviations: number): string | undefined {
  const [mean, deviation] = meanAndDeviation(losses);
  const rise = loss - mean;
  if (rise < SMALLEST_RISE || rise <= deviations * deviation) return undefined;
  const before = `the mean of the ${losses.length} steps before, ${mean.toFixed(4)}`;
  return `the training loss rose to ${loss.toFixed(4)} at step ${step}, ${(rise / deviation).toFixed(1)} standard deviations above ${before}`;
}

/**
 * Advice where the loss of a step lies far above those before it.
 *
 * @throws SheepError `bad-option` for numbers out of range.
 */
export function lossSpike(options: LossSpikeOptions = {}): Rule<LossSpikeState> {
  const {
    window = 50,
    deviations = 6,
    remedy = 'lower the learning rate, or clip gradients to a smaller norm',
  } = options;
  if (!(Number.isSafeInteger(window) && window >= 2 && deviations > 0)) {
    const received = `${window} and ${deviations}`;
    const parts = { expected: 'a window of at least 2 steps, and deviations above 0', received, remedy: 'give such' };
    throw new SheepError('bad-option', { doing: 'watching for loss spikes', ...parts });
  }
  return {
    name: 'loss-spike',
    start: { losses: [], spike: null },
    isState,
    observe(state, measured) {
      if (measured.type !== 'step' || state.spike !== null || !Number.isFinite(measured.loss)) return state;
      const { losses } = state;
      const spike = losses.length < window ? undefined : spikeAt(measured, losses, deviations);
      // What is found is told once; the losses are not needed any more.
      if (spike !== undefined) return { losses: [], spike };
      return { losses: [...losses, measured.loss].slice(-window), spike: null };
    },
    verdict: ({ spike }) => (spike === null ? undefined : `${spike}: should it not fall again, ${remedy}`),
  };
}
