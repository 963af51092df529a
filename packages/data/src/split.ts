import { SheepError } from '@sheep/core';

/** Two parts of one text that share no token. */
export interface Split {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * The first tokens for training, the last for validation; both are views of `tokens`, not copies.
 * Windows are cut from each part on its own, so that no validation token is ever in a training window.
 *
 * @param validationFraction share of the tokens that are for validation, from 0 (none) to below 1.
 * @throws SheepError `bad-option` for any other fraction.
 */
export function splitTokens(tokens: Uint32Array, validationFraction: number): Split {
  if (!(validationFraction >= 0 && validationFraction < 1)) {
    throw new SheepError('bad-option', {
      doing: 'splitting the text into training and validation',
      expected: 'a validation fraction from 0 to below 1',
      received: String(validationFraction),
      remedy: 'give one such as 0.1, or 0 for no validation',
    });
  }
  const border = Math.floor(tokens.length * (1 - validationFraction));
  return { training: tokens.subarray(0, border), validation: tokens.subarray(border) };
}
