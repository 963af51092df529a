import { SheepError } from '@sheep/core';

/** Two parts that share nothing: of a text's tokens, or of a list. */
export interface Split<Part = Uint32Array> {
  readonly training: Part;
  readonly validation: Part;
}

/** How many come before the border. */
function borderOf(length: number, validationFraction: number): number {
  if (validationFraction >= 0 && validationFraction < 1) return Math.floor(length * (1 - validationFraction));
  throw new SheepError('bad-option', {
    doing: 'splitting the data into training and validation',
    expected: 'a validation fraction from 0 to below 1',
    received: String(validationFraction),
    remedy: 'give one such as 0.1, or 0 for no validation',
  });
}

/**
 * The first tokens for training, the last for validation; both are views of `tokens`, not copies.
 * Windows are cut from each part on its own, so that no validation token is ever in a training window.
 *
 * @param validationFraction share of the tokens that are for validation, from 0 (none) to below 1.
 * @throws SheepError `bad-option` for any other fraction.
 */
export function splitTokens(tokens: Uint32Array, validationFraction: number): Split {
  const border = borderOf(tokens.length, validationFraction);
  return { training: tokens.subarray(0, border), validation: tokens.subarray(border) };
}

/**
 * The first examples for training, the last for validation: whole ones, so that nothing of an example is in both.
 *
 * @param validationFraction share of the examples that are for validation, from 0 (none) to below 1.
 * @throws SheepError `bad-option` for any other fraction.
 */
export function splitExamples<T>(examples: readonly T[], validationFraction: number): Split<readonly T[]> {
  const border = borderOf(examples.length, validationFraction);
  return { training: examples.slice(0, border), validation: examples.slice(border) };
}
