import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SheepError } from '@sheep/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RUN, stepEvent } from '../events.fixture.js';
import { openMetricsFile } from './metrics-file.js';
import { lengthThrough, readMetrics } from './read-metrics.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sheep-metrics-'));
  path = join(folder, 'metrics.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function writeRun(): Promise<number[]> {
  const file = openMetricsFile(path);
  const lengths = RUN.map((event) => {
    file.write(event);
    return file.length;
  });
  await file.close();
  return lengths;
}

async function failure(work: () => unknown): Promise<SheepError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SheepError) return error;
  }
  throw new Error('no SheepError was thrown');
}

describe('openMetricsFile', () => {
  it('has every line in the file when write returns, and says how long the file is', async () => {
    const file = openMetricsFile(path);
    let text = '';
    for (const event of RUN) {
      file.write(event);
      text += `${JSON.stringify(event)}\n`;
      expect(readFileSync(path, 'utf8')).toBe(text);
      expect(file.length).toBe(Buffer.byteLength(text));
    }
    expect(file.sync()).toBe(Buffer.byteLength(text));
    await file.close();
  });

  it('goes on at a recorded length and cuts off what follows', async () => {
    const lengths = await writeRun();
    const before = readFileSync(path);
    appendFileSync(path, '{"type":"step","st');
    const file = openMetricsFile(path, { resumeAt: lengths[4] });
    expect(file.length).toBe(lengths[4]);
    for (const event of RUN.slice(5)) file.write(event);
    await file.close();
    expect(readFileSync(path)).toEqual(before);
    expect(file.length).toBe(before.length);
  });

  it('is cut back to the events through a step, and goes on there', async () => {
    const file = openMetricsFile(path);
    for (const event of RUN) file.write(event);
    const length = await lengthThrough(path, 4);
    file.cutBack(length);
    const kept = RUN.filter(({ step }) => step <= 4);
    expect(readFileSync(path, 'utf8')).toBe(kept.map((event) => `${JSON.stringify(event)}\n`).join(''));
    expect(file.length).toBe(length);
    file.write(stepEvent(5));
    expect((await readMetrics(path)).at(-1)).toEqual(stepEvent(5));
    expect(await lengthThrough(path, 0)).toBe(0);
    expect(await lengthThrough(path, 5)).toBe(file.length);
    await file.close();
  });

  it('starts over at length 0, with a file or without one', async () => {
    for (const _ of [1, 2]) {
      const file = openMetricsFile(path, { resumeAt: 0 });
      file.write(stepEvent(1));
      await file.close();
      expect(await readMetrics(path)).toEqual([stepEvent(1)]);
    }
  });

  it('refuses a file that is shorter than recorded, one with no line end there, and one that is in the way', async () => {
    const length = (await writeRun()).at(-1) as number;
    const before = readFileSync(path);
    const short = await failure(() => openMetricsFile(path, { resumeAt: length + 1 }));
    expect([short.code, short.parts.received]).toEqual(['bad-file', `a file of ${length} bytes`]);
    const torn = await failure(() => openMetricsFile(path, { resumeAt: length - 1 }));
    expect([torn.code, torn.parts.received]).toEqual(['bad-file', 'the middle of a line']);
    expect((await failure(() => openMetricsFile(path))).code).toBe('exists');
    expect(readFileSync(path)).toEqual(before);
  });
});

describe('readMetrics', () => {
  it('gives back what was written; NaN and Infinity come back as NaN, null stays null', async () => {
    await writeRun();
    const events = await readMetrics(path);
    const expected = RUN.map((event) =>
      event.type === 'step' && event.step === 4 ? { ...event, gradientNorm: Number.NaN } : event,
    );
    expect(events).toEqual(expected);
  });

  it('reads lines that lie across the chunks in which a file is read', async () => {
    const events = Array.from({ length: 20_000 }, (_, i) => ({ type: 'sample', step: i, text: '🐑é'.repeat(i % 97) }));
    writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    expect(await readMetrics(path)).toEqual(events);
  });

  it('passes over a torn last line, cut at any byte', async () => {
    const lengths = await writeRun();
    const bytes = readFileSync(path);
    for (let end = lengths[2] + 1; end < lengths[3] - 1; end += 1) {
      writeFileSync(path, bytes.subarray(0, end));
      expect(await readMetrics(path)).toHaveLength(3);
    }
  });

  it.each([
    ['{"type":"step","step":1', 'text that is not JSON'],
    ['', 'text that is not JSON'],
    ['null', 'an object whose type is missing'],
    ['{"type":"toString"}', 'an object whose type is "toString"'],
    ['{"type":"sample","step":"1","text":""}', 'a sample event whose step is "1"'],
    ['{"type":"sample","step":1}', 'a sample event whose text is missing'],
    ['{"type":"checkpoint","step":1,"location":null,"best":true}', 'a checkpoint event whose location is null'],
  ])('names the line of %s', async (line, received) => {
    writeFileSync(path, `${JSON.stringify(stepEvent(1))}\n${line}\n${JSON.stringify(stepEvent(2))}\n`);
    const error = await failure(() => readMetrics(path));
    expect([error.code, error.parts.expected]).toEqual(['bad-file', 'a training event on line 2']);
    expect(error.parts.received).toBe(received);
  });

  it('refuses a line without end before it fills the memory, and a file that is not there', async () => {
    writeFileSync(path, Buffer.alloc(20_000_000, 'x'));
    expect((await failure(() => readMetrics(path))).parts.expected).toBe('a training event on line 1');
    expect((await failure(() => readMetrics(join(folder, 'none')))).code).toBe('not-found');
  });
});
