import type { Schedule } from '@sheep/core';

/** The same rate at every step. */
export function constant(rate: number): Schedule {
  return () => rate;
}

/** A rate that goes from one value to another. */
export interface RateChange {
  readonly from: number;
  readonly to: number;
  /** Above 0. */
  readonly steps: number;
}

/** Exact at both ends, so that a minimum is one. */
const between = (from: number, to: number, share: number): number => from * (1 - share) + to * share;

/** From one rate at step 0 to another at step `steps`, in a straight line; then it stays. */
export function linear({ from, to, steps }: RateChange): Schedule {
  return (step) => between(from, to, Math.min(1, step / steps));
}

/**
 * From one rate at step 0 to another at step `steps` along half a cosine; then it stays.
 *
 * @see Loshchilov and Hutter, https://arxiv.org/abs/1608.03983
 */
export function cosine({ from, to, steps }: RateChange): Schedule {
  return (step) => between(from, to, (1 - Math.cos(Math.PI * Math.min(1, step / steps))) / 2);
}

/** One schedule up to a step and including it, then another, which counts its steps from there. */
export function join(first: Schedule, boundary: number, second: Schedule): Schedule {
  return (step) => (step <= boundary ? first(step) : second(step - boundary));
}
