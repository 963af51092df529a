import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sink, TrainEvent } from '@sheep/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RUN, stepEvent } from '../events.fixture.js';
import { createHistory } from '../history.js';
import { openSamplesFile } from './samples-file.js';
import { openTrainingMetricsFile } from './training-metrics-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sheep-metrics-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function openWithClock() {
  const path = join(folder, 'training_metrics.json');
  const now = { milliseconds: 0 };
  const history = createHistory();
  const file = openTrainingMetricsFile(path, history, () => now.milliseconds);
  return {
    now,
    file,
    send: (event: TrainEvent): Promise<void> => {
      history.write(event);
      return file.write(event);
    },
    steps: (): number[] => (JSON.parse(readFileSync(path, 'utf8')) as { steps: number[] }).steps,
  };
}

describe('openTrainingMetricsFile', () => {
  it('is written at once, then every three seconds, and at the stop', async () => {
    const { now, send, steps } = openWithClock();
    await send(stepEvent(1));
    expect(steps()).toEqual([1]);
    now.milliseconds = 2_999;
    await send(stepEvent(2));
    expect(steps()).toEqual([1]);
    now.milliseconds = 3_000;
    await send(stepEvent(3));
    expect(steps()).toEqual([1, 2, 3]);
    await send(stepEvent(4));
    await send({ type: 'stop', step: 4, reason: 'paused', message: 'paused', elapsed: 1 });
    expect(steps()).toEqual([1, 2, 3, 4]);
    expect(readdirSync(folder)).toEqual(['training_metrics.json']);
  });

  it('is brought up to date when it is closed', async () => {
    const { file, send, steps } = openWithClock();
    for (const step of [1, 2, 3]) await send(stepEvent(step));
    await file.close();
    expect(steps()).toEqual([1, 2, 3]);
  });

  it('ends with the newest content where nobody waits for a write', async () => {
    const { file, send, steps } = openWithClock();
    const writes = [1, 2, 3].map((step) => send(stepEvent(step)));
    writes.push(send({ type: 'stop', step: 3, reason: 'requested', message: 'stopped', elapsed: 1 }));
    await file.close();
    expect(steps()).toEqual([1, 2, 3]);
    await Promise.all(writes);
    expect(readdirSync(folder)).toEqual(['training_metrics.json']);
  });

  it('keeps to a twentieth of the time where writing is slow', async () => {
    let time = 0;
    const history = createHistory();
    const path = join(folder, 'slow.json');
    const file = openTrainingMetricsFile(path, history, () => (time += 1_000));
    const written: number[] = [];
    for (let step = 1; step <= 100; step += 1) {
      await file.write(stepEvent(step));
      if (existsSync(path)) written.push(step);
      rmSync(path, { force: true });
    }
    // A write takes two looks at the clock, a second each, and pauses for 19 seconds: a look a step.
    expect(written).toEqual([1, 20, 39, 58, 77, 96]);
  });
});

describe('openSamplesFile', () => {
  const text = '== step 2 ==\n\nthe sheep\nsaid "bäh" 🐑\n\n== step 5 ==\n\nno sheep at all\n\n';

  it('holds each sample under its step, as soon as it is written', () => {
    const path = join(folder, 'samples.txt');
    const sink = openSamplesFile(path);
    for (const event of RUN.slice(0, 5)) void sink.write(event);
    expect(readFileSync(path, 'utf8')).toBe(text.slice(0, text.indexOf('== step 5')));
    for (const event of RUN.slice(5)) void sink.write(event);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('starts from the samples of earlier events on a resume, whatever the file holds', () => {
    const path = join(folder, 'samples.txt');
    writeFileSync(path, 'a sample of a step that is trained again');
    const sink: Sink = openSamplesFile(path, RUN.slice(0, 5));
    for (const event of RUN.slice(5)) void sink.write(event);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
