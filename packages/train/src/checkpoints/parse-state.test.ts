import { describeValue, SheepError } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { START } from '../loop/progress.js';
import { parseState } from './parse-state.js';

const good = { ...START, step: 7, tokens: 112, best: { step: 4, value: 1.5 }, evaluated: { step: 4, loss: 1.5 } };

function refusal(text: string): SheepError {
  try {
    parseState(text, 'state.json');
  } catch (error) {
    if (error instanceof SheepError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('parseState', () => {
  it('keeps the state apart from what was added to it', () => {
    const { state, fields } = parseState(JSON.stringify({ ...good, metricsLength: 5 }), 'state.json');
    expect(state).toEqual(good);
    expect(fields).toEqual({ ...good, metricsLength: 5 });
  });

  it.each(['', '{"step":', 'null', '7', '"text"'])('refuses %j', (text) => {
    const { code, parts } = refusal(text);
    expect([code, parts.doing, parts.received]).toEqual(['bad-file', 'reading state.json', JSON.stringify(text)]);
  });

  it.each([
    ['step', -1],
    ['step', 1.5],
    ['step', '7'],
    ['step', 2 ** 53],
    ['position', null],
    ['position', { epoch: 0 }],
    ['position', { epoch: -1, batch: 0 }],
    ['tokens', null],
    ['elapsed', null],
    ['elapsed', '1'],
    ['best', { step: 4 }],
    ['best', undefined],
    ['evaluated', { step: 4, loss: null }],
    ['best', { step: 4, loss: 1.5 }],
    ['rules', null],
    ['rules', []],
    ['advised', 'loss-spike'],
    ['advised', [1]],
    ['health', {}],
    ['health', { ...START.health, skips: -1 }],
    ['health', { ...START.health, learningRateScale: 0 }],
    ['health', { ...START.health, passedOver: [{}] }],
    ['epochLoss', { sum: null, count: 1 }],
    ['epochLoss', []],
  ])('names %s where it is %j', (name, value) => {
    const { code, parts } = refusal(JSON.stringify({ ...good, [name]: value }));
    expect([code, parts.expected]).toEqual(['bad-file', `${name} as a run writes it`]);
    expect(parts.received).toBe(describeValue(value));
  });

  it('refuses a number that JSON can write and no run has', () => {
    expect(refusal(JSON.stringify(good).replace('"elapsed":0', '"elapsed":1e999')).parts.expected).toContain('elapsed');
  });

  it('takes no field from a prototype, and shows little of what it refuses', () => {
    expect(refusal(`{"__proto__":${JSON.stringify(good)}}`).parts.expected).toBe('step as a run writes it');
    expect(refusal(JSON.stringify({ ...good, step: 'x'.repeat(10_000) })).parts.received.length).toBeLessThanOrEqual(
      80,
    );
  });
});
