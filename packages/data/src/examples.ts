import { SheepError } from '@sheep/core';
import type { Document } from './documents.js';

/** A text to learn, and what it is to follow. */
export interface Example {
  /** Where it is from, as in `notes.jsonl:12`. */
  readonly name: string;
  /** What the model is given; none of it is a target. Empty where all of the text is to be learned. */
  readonly prompt: string;
  readonly completion: string;
}

/** The formats of files that hold one example a line. */
export const exampleFormats = ['lines', 'jsonl'] as const;

/** The name of such a format. */
export type ExampleFormat = (typeof exampleFormats)[number];

const EXPECTED = '{"prompt": "…", "completion": "…"} or {"text": "…"}, each a text, the last one not empty';

const isText = (value: unknown): value is string => typeof value === 'string';
const shorten = (line: string): string => (line.length > 60 ? `${line.slice(0, 60)}…` : line);

function badLine(name: string, received: string, cause?: unknown): SheepError {
  const remedy = 'correct or remove that line';
  return new SheepError('bad-file', { doing: `reading ${name}`, expected: EXPECTED, received, remedy }, { cause });
}

function parseLine(name: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw badLine(name, shorten(line), cause);
  }
}

function fromJson(name: string, line: string): Example {
  const value = parseLine(name, line);
  const { prompt = '', completion, text } = (value ?? {}) as Record<string, unknown>;
  const learned = completion ?? text;
  const either = (completion === undefined) !== (text === undefined);
  if (either && isText(prompt) && isText(learned) && learned !== '') return { name, prompt, completion: learned };
  throw badLine(name, shorten(line));
}

const readers: Record<ExampleFormat, (name: string, line: string) => Example> = {
  lines: (name, line) => ({ name, prompt: '', completion: line }),
  jsonl: fromJson,
};

/**
 * The examples in files of one a line; lines of white space are passed over, other keys of a JSON object as well.
 *
 * @param format `lines`: each line is a text; `jsonl`: each is `{"prompt", "completion"}` or `{"text"}`.
 * @throws SheepError `bad-file` with file and line for JSON that is no example, `bad-input` where there is no example.
 */
export function readExamples(documents: readonly Document[], format: ExampleFormat): Example[] {
  const examples = documents.flatMap(({ name, text }) =>
    text.split(/\r?\n/).flatMap((line, i) => (line.trim() === '' ? [] : [readers[format](`${name}:${i + 1}`, line)])),
  );
  if (examples.length > 0) return examples;
  const [doing, expected] = [`reading ${documents.map(({ name }) => name).join(', ')}`, 'at least one example'];
  const remedy = 'write one example a line';
  throw new SheepError('bad-input', { doing, expected, received: 'only empty lines', remedy });
}
