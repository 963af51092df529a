import { SheepError, type TrainState } from '@sheep/core';

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isNumber = (value: unknown): boolean => typeof value === 'number';

const hasFields =
  (fields: Record<string, (value: unknown) => boolean>) =>
  (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const isLoss = hasFields({ step: isCount, loss: isNumber });
const isLossOrNull = (value: unknown): boolean => value === null || isLoss(value);

const isState = hasFields({
  step: isCount,
  position: hasFields({ epoch: isCount, batch: isCount }),
  tokens: isCount,
  elapsed: isNumber,
  best: isLossOrNull,
  evaluated: isLossOrNull,
  evaluationsWithoutImprovement: isCount,
  epochLoss: hasFields({ sum: isNumber, count: isCount }),
});

/** @throws SheepError `bad-file` where a `state.json` lacks something or is no JSON. */
export function parseState(text: string, source: string): TrainState {
  const bad = (received: string) =>
    new SheepError('bad-file', {
      doing: `reading ${source}`,
      expected: 'the state of a run',
      received,
      remedy: 'continue from another checkpoint',
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad('text that is not JSON');
  }
  if (!isState(value)) throw bad('JSON that lacks a part of it');
  return value as TrainState;
}
