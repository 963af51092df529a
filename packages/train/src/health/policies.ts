import { SheepError, type BatchSpan, type Health, type StepEvent } from '@sheep/core';

/** A step whose loss or gradient was not finite: it changed no parameter. */
export interface NotFiniteStep {
  readonly event: StepEvent;
  /** What it was to be trained on. */
  readonly batches: BatchSpan;
}

/** What becomes of the run: it ends, goes on with the weights as they are, or goes back to its newest checkpoint. */
export type Decision =
  | { readonly action: 'stop'; readonly why?: string }
  | { readonly action: 'skip' | 'rewind'; readonly health: Health };

/**
 * Decides about steps whose numbers are not finite, all that were read at once.
 *
 * @param health what was decided before; the decision's replaces it.
 */
export type NotFinitePolicy = (health: Health, steps: readonly NotFiniteStep[]) => Decision;

/** How often a run may go on. */
export interface SkipOptions {
  /** Steps of the whole run; 10 unless given. */
  readonly maxSkips?: number;
}

/** How often a run may go back, and how much slower it then learns. */
export interface RewindOptions {
  /** Of the whole run; 3 unless given. */
  readonly maxRewinds?: number;
  /** Multiplies the learning rate at each; 0.5 unless given. */
  readonly rateFactor?: number;
}

function check(right: boolean, expected: string, received: number): void {
  if (right) return;
  const parts = { doing: 'choosing what to do about numbers that are not finite', expected, received: `${received}` };
  throw new SheepError('bad-option', { ...parts, remedy: 'give such a number' });
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;

/** Ends the run, without another checkpoint: with another policy it goes on as if it had had that one all along. */
export function stopAtNotFinite(): NotFinitePolicy {
  return () => ({ action: 'stop' });
}

/**
 * Goes on with the next step: what was not finite changed nothing.
 *
 * @throws SheepError `bad-option` for a number that is none.
 */
export function skipNotFinite({ maxSkips = 10 }: SkipOptions = {}): NotFinitePolicy {
  check(isCount(maxSkips), 'maxSkips as a whole number of at least 1', maxSkips);
  return (health, steps) => {
    const skips = health.skips + steps.length;
    if (skips > maxSkips)
      return { action: 'stop', why: `it is one of ${skips} such steps, at most ${maxSkips} are skipped` };
    return { action: 'skip', health: { ...health, skips } };
  };
}

/**
 * Goes back to the newest checkpoint, lowers the learning rate from there on and passes over the batches of those steps.
 *
 * @throws SheepError `bad-option` for numbers out of range.
 * @see Chowdhery et al., https://arxiv.org/abs/2204.02311, section 5.1: restart before a spike, skip its batches.
 */
export function rewindNotFinite({ maxRewinds = 3, rateFactor = 0.5 }: RewindOptions = {}): NotFinitePolicy {
  check(isCount(maxRewinds), 'maxRewinds as a whole number of at least 1', maxRewinds);
  check(rateFactor > 0 && rateFactor <= 1, 'a rateFactor above 0, at most 1', rateFactor);
  return (health, steps) => {
    const rewinds = health.rewinds + 1;
    if (rewinds > maxRewinds) return { action: 'stop', why: `the run has gone back ${maxRewinds} times already` };
    const learningRateScale = health.learningRateScale * rateFactor;
    const passedOver = [...health.passedOver, ...steps.map(({ batches }) => batches)];
    return { action: 'rewind', health: { ...health, rewinds, learningRateScale, passedOver } };
  };
}
