import { SheepError } from '@sheep/core';

/** How the next token is chosen among the likely ones. */
export interface SamplingOptions {
  /** Divides the logits: below 1 more certain, above 1 more varied; 0 takes the most likely token. 1 unless given. */
  readonly temperature?: number;
  /** Only the k most likely tokens; all unless given. */
  readonly topK?: number;
  /** Only the most likely tokens that together have this probability, from above 0 to 1; all unless given. */
  readonly topP?: number;
}

function bad(expected: string, received: number | undefined): SheepError {
  const parts = { doing: 'choosing a token', expected, received: `${received}`, remedy: 'change that option' };
  return new SheepError('bad-option', parts);
}

/** @throws SheepError `bad-option`. */
export function checkSampling({ temperature = 1, topK, topP }: SamplingOptions): void {
  if (!(temperature >= 0 && temperature < Infinity)) throw bad('a temperature of 0 or more', temperature);
  if (topK !== undefined && !(Number.isSafeInteger(topK) && topK >= 1)) throw bad('topK, a whole number from 1', topK);
  if (topP !== undefined && !(topP > 0 && topP <= 1)) throw bad('topP above 0 and at most 1', topP);
}

const largestFirst = (logits: ArrayLike<number>): number[] =>
  Array.from({ length: logits.length }, (_, id) => id).sort((a, b) => logits[b] - logits[a] || a - b);

/** How many of the most likely tokens reach a total probability: at least one. */
function nucleusSize(probabilities: readonly number[], topP: number): number {
  let total = 0;
  const last = probabilities.findIndex((probability) => (total += probability) >= topP);
  return last === -1 ? probabilities.length : last + 1;
}

/**
 * Chooses a token.
 *
 * @param logits (V), of which none is NaN.
 * @param uniform a random number in [0, 1): the choice is a function of it.
 * @see Holtzman et al., https://arxiv.org/abs/1904.09751, for topP.
 */
export function sampleToken(
  logits: ArrayLike<number>,
  { temperature = 1, topK, topP }: SamplingOptions,
  uniform: number,
): number {
  const order = largestFirst(logits);
  if (temperature === 0) return order[0];
  const kept = order.slice(0, topK);
  const weights = kept.map((id) => Math.exp((logits[id] - logits[order[0]]) / temperature));
  const sum = weights.reduce((a, b) => a + b, 0);
  const count =
    topP === undefined
      ? kept.length
      : nucleusSize(
          weights.map((weight) => weight / sum),
          topP,
        );
  let rest = uniform * weights.slice(0, count).reduce((a, b) => a + b, 0);
  const chosen = weights.slice(0, count).findIndex((weight) => (rest -= weight) < 0);
  return kept[chosen === -1 ? count - 1 : chosen];
}
