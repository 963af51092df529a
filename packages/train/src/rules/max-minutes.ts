import { SheepError } from '@sheep/core';
import type { Rule } from './rule.js';

/**
 * Ends a run after so much training, with the step under way. Time before a pause counts, the pause itself does not.
 *
 * @throws SheepError `bad-option` where that is no time.
 */
export function maxMinutes(minutes: number): Rule<null> {
  if (!(minutes > 0 && minutes < Infinity)) {
    const parts = { expected: 'a number above 0', received: String(minutes), remedy: 'give such a number' };
    throw new SheepError('bad-option', { doing: 'limiting the minutes of a run', ...parts });
  }
  return {
    name: 'max-minutes',
    start: null,
    isState: (value) => value === null,
    observe: (state) => state,
    verdict(_, { elapsed }) {
      if (elapsed < 60 * minutes) return undefined;
      return `trained for ${(elapsed / 60).toFixed(2)} minutes, ${minutes} were to be spent`;
    },
  };
}
