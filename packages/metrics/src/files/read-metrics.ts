import { open } from 'node:fs/promises';
import { SheepError, type TrainEvent } from '@sheep/core';
import { parseEvent } from '../parse-event.js';

interface Line {
  readonly text: string;
  /** Whether a line end follows it. */
  readonly ended: boolean;
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 1 << 20;
const LONGEST_LINE_BYTES = 1 << 24;

/** The lines of a UTF-8 file, in the memory of its longest line. An empty rest after the last line end is no line. */
async function* readLines(path: string): AsyncGenerator<Line> {
  const file = await open(path);
  try {
    let rest = Buffer.alloc(0);
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
        yield { text: rest.toString('utf8', 0, end), ended: true };
        rest = rest.subarray(end + 1);
      }
      if (rest.length > LONGEST_LINE_BYTES) break;
    }
    if (rest.length > 0) yield { text: rest.toString('utf8'), ended: rest.length > LONGEST_LINE_BYTES };
  } finally {
    await file.close();
  }
}

/**
 * Reads a metrics.jsonl. A last line that a kill left unfinished is passed over; numbers that were written as null
 * (NaN, Infinity) come back as NaN.
 *
 * @throws SheepError `not-found`, or `bad-file` with the number of the first line that is no event.
 */
export async function readMetrics(path: string): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  let number = 0;
  try {
    for await (const line of readLines(path)) {
      number += 1;
      const event = parseEvent(line.text);
      if (typeof event !== 'string') events.push(event);
      else if (line.ended) throw badLine(path, number, event);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw notFound(path, error);
    throw error;
  }
  return events;
}

/**
 * The bytes of a metrics.jsonl up to the first event of a step after one: where a run that goes back to that step
 * writes on.
 *
 * @throws SheepError `bad-file` with the number of the first line that is no event.
 */
export async function lengthThrough(path: string, step: number): Promise<number> {
  let [length, number] = [0, 0];
  for await (const { text } of readLines(path)) {
    number += 1;
    const event = parseEvent(text);
    if (typeof event === 'string') throw badLine(path, number, event);
    if (event.step > step) break;
    length += Buffer.byteLength(text) + 1;
  }
  return length;
}

function badLine(path: string, number: number, received: string): SheepError {
  return new SheepError('bad-file', {
    doing: `reading ${path}`,
    expected: `a training event on line ${number}`,
    received,
    remedy: 'remove the line, or restore the file',
  });
}

function notFound(path: string, cause: unknown): SheepError {
  const parts = {
    doing: `reading ${path}`,
    expected: 'a file of training events',
    received: 'no such file',
    remedy: "name a run's folder, or train first",
  };
  return new SheepError('not-found', parts, { cause });
}
