import { SheepError } from '@sheep/core';

/** @throws SheepError `bad-option` unless `value` is a whole number of at least 1. */
export function checkCount(doing: string, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new SheepError('bad-option', {
    doing,
    expected: `${name} as a whole number of at least 1`,
    received: String(value),
    remedy: `give ${name} such a number`,
  });
}
