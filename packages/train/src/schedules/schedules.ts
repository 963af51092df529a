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

/**
 * From one rate at step 0 to another at step `steps`, fast at first: the share of the way is the root of that of the steps;
 * then it stays. Also known as 1-sqrt.
 *
 * @see Hägele et al., https://arxiv.org/abs/2405.18392
 */
export function squareRoot({ from, to, steps }: RateChange): Schedule {
  return (step) => between(from, to, Math.sqrt(Math.min(1, step / steps)));
}

/** From one rate at step 0 to another at step `steps`, by the same factor at each step; then it stays. Both above 0. */
export function exponential({ from, to, steps }: RateChange): Schedule {
  return (step) => {
    const share = Math.min(1, step / steps);
    return from ** (1 - share) * to ** share;
  };
}

/** A rate that falls several times. */
export interface Restarts extends RateChange {
  /** How often it goes from the one value to the other: a whole number. */
  readonly cycles: number;
  /** How many times as long as the one before each cycle is. */
  readonly cycleGrowth: number;
}

/**
 * `cycles` times from one rate to another along half a cosine, each time from the first rate anew, within `steps` steps; then it
 * stays. The step that ends one cycle begins the next.
 *
 * @see Loshchilov and Hutter, https://arxiv.org/abs/1608.03983
 */
export function cosineRestarts({ from, to, steps, cycles, cycleGrowth }: Restarts): Schedule {
  // 1 + g + g^2 + ...: multiplied before it is divided, so that a boundary that is a whole step is exactly that.
  const lengths = Array.from({ length: cycles }, (_, cycle) => cycleGrowth ** cycle);
  const sums = lengths.reduce((ends, length) => [...ends, ends.at(-1)! + length], [0]);
  const boundaries = sums.map((sum) => (steps * sum) / sums[cycles]);
  return (step) => {
    const next = boundaries.findIndex((boundary) => step < boundary);
    if (next < 0) return to;
    const start = boundaries[next - 1];
    return cosine({ from, to, steps: boundaries[next] - start })(step - start);
  };
}

/**
 * A rate that falls with the inverse root of the step: rate * sqrt(timescale / (timescale + step)).
 *
 * @param timescale steps; after three times as many the rate is half of what it was.
 * @see Vaswani et al., https://arxiv.org/abs/1706.03762; Zhai et al., https://arxiv.org/abs/2106.04560
 */
export function inverseSquareRoot(rate: number, timescale: number): Schedule {
  return (step) => rate * Math.sqrt(timescale / (timescale + step));
}

/** A rate that is multiplied with a factor at each of some steps, and constant between them. */
export function piecewise(rate: number, boundaries: readonly number[], factor: number): Schedule {
  return (step) => rate * factor ** boundaries.filter((boundary) => step >= boundary).length;
}

/** A schedule that is not below a minimum. */
export function atLeast(minimum: number, schedule: Schedule): Schedule {
  return (step) => Math.max(minimum, schedule(step));
}

/** One schedule up to a step and including it, then another, which counts its steps from there. */
export function join(first: Schedule, boundary: number, second: Schedule): Schedule {
  return (step) => (step <= boundary ? first(step) : second(step - boundary));
}
