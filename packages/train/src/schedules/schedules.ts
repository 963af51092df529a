import type { Schedule } from '@sheep/core';

/** The same rate at every step. */
export function constant(rate: number): Schedule {
  return () => rate;
}

/** From one rate at step 0 to another at step `steps`, in a straight line; then it stays. */
export function linear({ from, to, steps }: { from: number; to: number; steps: number }): Schedule {
  return (step) => from + (to - from) * Math.min(1, step / steps);
}

/**
 * From one rate at step 0 down to another at step `steps` along half a cosine; then it stays.
 *
 * @see Loshchilov and Hutter, https://arxiv.org/abs/1608.03983
 */
export function cosine({ from, to, steps }: { from: number; to: number; steps: number }): Schedule {
  return (step) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * Math.min(1, step / steps)));
}

/** One schedule up to a step and including it, then another, which counts its steps from there. */
export function join(first: Schedule, boundary: number, second: Schedule): Schedule {
  return (step) => (step <= boundary ? first(step) : second(step - boundary));
}
