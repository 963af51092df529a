import type { UpdateTransform } from '@sheep/core';
import { isFactor, requireOption } from './option-checks.js';

/**
 * Multiplies the learning rate, as for one group of {@link partition}.
 *
 * @throws SheepError `bad-option` where the factor is not a number of 0 or more.
 */
export function scaleLearningRate(factor: number): UpdateTransform {
  requireOption(isFactor(factor), 'a scale of the learning rate', 'a factor of 0 or more', factor);
  return (update) => ({ ...update, learningRate: update.learningRate * factor });
}
