import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { StepEvent, TrainEvent } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { remainingSeconds } from './eta.js';
import { openScreen } from './open-screen.js';
import type { RunSpan } from './screen.js';

const SPAN: RunSpan = { totalSteps: 20, startStep: 10, startElapsed: 100, logEvery: 4 };

function step(number: number): StepEvent {
  const numbers = { loss: 2, accuracy: 0.5, learningRate: 1e-3, gradientNorm: 1, weightNorm: 1, tokens: 5 };
  const speed = { tokensPerSecond: 1234.4, elapsed: 100 + 3 * (number - 10) };
  return { type: 'step', step: number, epoch: 2, ...numbers, ...speed };
}

const EVAL: TrainEvent = {
  type: 'eval',
  step: 12,
  epoch: 2,
  loss: 1.5,
  perplexity: 4.4817,
  accuracy: 0.5,
  tokens: 9,
  best: true,
  elapsed: 1,
};

const EPOCH: TrainEvent = { type: 'epoch', step: 12, epoch: 2, loss: 2.25, validationLoss: 1.5, elapsed: 65 };
const ADVICE: TrainEvent = { type: 'advice', step: 12, topic: 'loss-spike', message: 'lower train.learningRate' };
const REWIND: TrainEvent = {
  type: 'rewind',
  step: 12,
  from: 20,
  learningRateScale: 0.5,
  message: 'back from step 20 to step 12',
  elapsed: 160,
};
const STOP: TrainEvent = { type: 'stop', step: 20, reason: 'max-steps', message: 'reached 20 steps', elapsed: 130 };

function show(isTTY: boolean, json: boolean): string {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const stdout = Object.assign(stream, { isTTY, columns: 200, rows: 20 });
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const screen = openScreen({ stdout, stderr, env: {}, exitCode: 0 }, { json });
  screen.status('reading');
  screen.start(SPAN);
  for (let number = 11; number <= 20; number += 1) screen.event(step(number));
  for (const event of [EVAL, { type: 'sample', step: 12, text: 'a\nb\u001B[2J' } as const, EPOCH, ADVICE, REWIND])
    screen.event(event);
  // Twelve seconds and four steps after the run went back.
  screen.event({ ...step(16), elapsed: 172 });
  screen.event(STOP);
  screen.facts('Summary', [['run', 'here']]);
  screen.close();
  return text;
}

it('the ETA counts from this start of the program', () => {
  expect(remainingSeconds(SPAN, { step: 14, elapsed: 112 })).toBe(18);
});

describe('screens', () => {
  it('plain: the first step, each logEvery-th and the last, and everything else in lines', () => {
    expect(show(false, false)).toBe(
      [
        'reading ...',
        'step 11/20  epoch 2  loss 2.0000  lr 1.00e-3  1,234 tokens/s  ETA 27 s',
        'step 12/20  epoch 2  loss 2.0000  lr 1.00e-3  1,234 tokens/s  ETA 24 s',
        'step 16/20  epoch 2  loss 2.0000  lr 1.00e-3  1,234 tokens/s  ETA 12 s',
        'step 20/20  epoch 2  loss 2.0000  lr 1.00e-3  1,234 tokens/s  ETA 0.0 s',
        'validation loss 1.5000 (perplexity 4.48) - new best model',
        'sample at step 12:',
        '    a',
        '    b\uFFFD[2J',
        'epoch 2 done: mean training loss 2.2500, validation loss 1.5000, after 1 min 05 s',
        'advice: lower train.learningRate',
        'rewind: back from step 20 to step 12',
        'step 16/20  epoch 2  loss 2.0000  lr 1.00e-3  1,234 tokens/s  ETA 12 s',
        '',
        'Summary',
        '    run  here',
        '',
        '',
      ].join('\n'),
    );
  });

  it('terminal: a bar with step, epoch, loss, rate, speed and ETA, what happens above it', () => {
    const text = stripVTControlCharacters(show(true, false));
    expect(text).toContain('step 20/20 | epoch 2 | loss 2.0000 | lr 1.00e-3 | 1,234 tokens/s | ETA 0.0 s');
    expect(text).toContain('validation loss 1.5000 (perplexity 4.48) - new best model\n');
    expect(text).toContain('advice: lower train.learningRate\n');
    expect(text).toContain('rewind: back from step 20 to step 12\n');
    expect(text).toContain('    a\n    b\uFFFD[2J\n');
    expect(text).toMatch(/Summary\n {4}run {2}here\n\n$/);
  });

  it('json: the events, a line each, and nothing else', () => {
    const lines = show(true, true).trimEnd().split('\n');
    expect(lines).toHaveLength(17);
    expect(JSON.parse(lines[0])).toEqual(step(11));
    expect(JSON.parse(lines[10])).toEqual(EVAL);
  });
});
