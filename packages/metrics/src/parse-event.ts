import type { TrainEvent } from '@sheep/core';

type Kind = 'number' | 'number or null' | 'string' | 'boolean';
type Fields<Event> = { readonly [Name in Exclude<keyof Event, 'type'>]: Kind };

/** The fields of each event, apart from its type. */
const FIELDS: { readonly [Type in TrainEvent['type']]: Fields<Extract<TrainEvent, { type: Type }>> } = {
  step: {
    step: 'number',
    epoch: 'number',
    loss: 'number',
    accuracy: 'number',
    learningRate: 'number',
    gradientNorm: 'number',
    weightNorm: 'number',
    tokens: 'number',
    tokensPerSecond: 'number',
    elapsed: 'number',
  },
  eval: {
    step: 'number',
    epoch: 'number',
    loss: 'number',
    perplexity: 'number',
    accuracy: 'number',
    tokens: 'number',
    best: 'boolean',
    elapsed: 'number',
  },
  sample: { step: 'number', text: 'string' },
  checkpoint: { step: 'number', location: 'string', best: 'boolean' },
  epoch: { step: 'number', epoch: 'number', loss: 'number', validationLoss: 'number or null', elapsed: 'number' },
  rewind: { step: 'number', from: 'number', learningRateScale: 'number', message: 'string', elapsed: 'number' },
  advice: { step: 'number', topic: 'string', message: 'string' },
  stop: { step: 'number', reason: 'string', message: 'string', elapsed: 'number' },
};

const LONGEST_SHOWN = 60;

function isEventType(type: unknown): type is TrainEvent['type'] {
  return typeof type === 'string' && Object.hasOwn(FIELDS, type);
}

/** What a field's JSON value stands for: NaN and Infinity were written as null, and come back as NaN. */
function revive(value: unknown, kind: Kind): unknown {
  if (kind === 'number or null') return value === null || typeof value === 'number' ? value : undefined;
  if (kind === 'number' && value === null) return Number.NaN;
  return typeof value === kind ? value : undefined;
}

/** A value as an error message shows it. */
function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, LONGEST_SHOWN);
}

/** The event that a line of metrics.jsonl holds; a phrase that says what is wrong with the line where it holds none. */
export function parseEvent(line: string): TrainEvent | string {
  let raw: Record<string, unknown>;
  try {
    raw = Object(JSON.parse(line)) as Record<string, unknown>;
  } catch {
    return 'text that is not JSON';
  }
  const type = raw.type;
  if (!isEventType(type)) return `an object whose type is ${show(type)}`;
  const event: Record<string, unknown> = { type };
  for (const [name, kind] of Object.entries<Kind>(FIELDS[type])) {
    event[name] = revive(raw[name], kind);
    if (event[name] === undefined) return `a ${type} event whose ${name} is ${show(raw[name])}`;
  }
  return event as unknown as TrainEvent;
}
