import { SheepError } from '@sheep/core';

/** Whether a number is from 0 to below 1. */
export const isShare = (value: number): boolean => value >= 0 && value < 1;

/** Whether a number is 0 or more, and finite. */
export const isFactor = (value: number): boolean => value >= 0 && value < Infinity;

/** Whether a number is above 0, and finite. */
export const isPositive = (value: number): boolean => value > 0 && value < Infinity;

/**
 * Holds an option of an optimizer to its range.
 *
 * @param making what the option is of, as in `AdamW`.
 * @throws SheepError `bad-option` where it does not hold.
 */
export function requireOption(holds: boolean, making: string, expected: string, received: unknown): void {
  if (holds) return;
  throw new SheepError('bad-option', {
    doing: `making ${making}`,
    expected,
    received: String(received),
    remedy: 'change that value',
  });
}
