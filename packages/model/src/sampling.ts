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

const idsOf = (logits: ArrayLike<number>): number[] => Array.from({ length: logits.length }, (_, id) => id);

/** The ids of the largest logits, the largest first; of equal ones the lower id first. */
function mostLikely(logits: ArrayLike<number>, count = logits.length): number[] {
  // Sorting bare numbers costs a tenth of sorting ids by their logits: first the least logit that belongs, then the few ids.
  const least = count < logits.length ? new Float64Array(logits).sort()[logits.length - count] : -Infinity;
  const ids = idsOf(logits).filter((id) => logits[id] >= least);
  return ids.sort((a, b) => logits[b] - logits[a] || a - b).slice(0, count);
}

const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** How many of the largest weights together are a share of all: at least one. */
function nucleusSize(weights: readonly number[], share: number): number {
  const wanted = share * sumOf(weights);
  let total = 0;
  return weights.findIndex((weight) => (total += weight) >= wanted) + 1;
}

/** The index whose part of the weights, laid side by side, holds the point `uniform` of the way. */
function indexAt(weights: readonly number[], uniform: number): number {
  const point = uniform * sumOf(weights);
  let total = 0;
  return weights.findIndex((weight) => (total += weight) > point);
}

/**
 * Chooses a token.
 *
 * @param logits (V), of which none is NaN.
 * @param options as {@link checkSampling} allows them.
 * @param uniform a random number in [0, 1): the choice is a function of it.
 * @see Holtzman et al., https://arxiv.org/abs/1904.09751, for topP.
 */
export function sampleToken(
  logits: ArrayLike<number>,
  { temperature = 1, topK, topP }: SamplingOptions,
  uniform: number,
): number {
  if (temperature === 0) return mostLikely(logits, 1)[0];
  const ids = topK === undefined && topP === undefined ? idsOf(logits) : mostLikely(logits, topK);
  const largest = ids.reduce((most, id) => Math.max(most, logits[id]), -Infinity);
  const weights = ids.map((id) => Math.exp((logits[id] - largest) / temperature));
  const kept = topP === undefined ? weights : weights.slice(0, nucleusSize(weights, topP));
  return ids[indexAt(kept, uniform)];
}
