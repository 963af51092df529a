import { describeValue, SheepError, type TrainState } from '@sheep/core';

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isNumber = (value: unknown): boolean => Number.isFinite(value);

type Checks = Readonly<Record<string, (value: unknown) => boolean>>;

const hasFields =
  (checks: Checks) =>
  (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(checks).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOf =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(check);

const isPosition = hasFields({ epoch: isCount, batch: isCount });
const isBestValue = hasFields({ step: isCount, value: isNumber });
const isLoss = hasFields({ step: isCount, loss: isNumber });
const isLossOrNull = (value: unknown): boolean => value === null || isLoss(value);

const STATE = {
  step: isCount,
  position: isPosition,
  tokens: isCount,
  elapsed: isNumber,
  best: (value: unknown): boolean => value === null || isBestValue(value),
  evaluated: isLossOrNull,
  rules: isObject,
  advised: isListOf((value: unknown) => typeof value === 'string'),
  health: hasFields({
    skips: isCount,
    rewinds: isCount,
    learningRateScale: (value: unknown) => isNumber(value) && (value as number) > 0,
    passedOver: isListOf(hasFields({ from: isPosition, to: isPosition })),
  }),
  epochLoss: hasFields({ sum: isNumber, count: isCount }),
} satisfies Checks & Record<keyof TrainState, unknown>;

/** What a checkpoint says besides its weights. */
export interface ReadCheckpoint {
  readonly state: TrainState;
  /** All of `state.json`, with what the writer added. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** @throws SheepError `bad-file` where a `state.json` lacks something or is no JSON. */
export function parseState(text: string, source: string): ReadCheckpoint {
  const fields = parseJson(text, source);
  const lacking = Object.entries(STATE).find(([name, check]) => !check(fields[name]));
  if (lacking) throw bad(source, `${lacking[0]} as a run writes it`, describeValue(fields[lacking[0]]));
  const state = Object.fromEntries(Object.keys(STATE).map((name) => [name, fields[name]]));
  return { state: state as unknown as TrainState, fields };
}

function parseJson(text: string, source: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below, as is JSON that is no object.
  }
  throw bad(source, 'the state of a run as a JSON object', JSON.stringify(text.slice(0, 80)));
}

function bad(source: string, expected: string, received: string): SheepError {
  const remedy = 'continue from another checkpoint';
  return new SheepError('bad-file', { doing: `reading ${source}`, expected, received: received.slice(0, 80), remedy });
}
