import { describe, expect, it } from 'vitest';
import { epochAt, evalAt, firstVerdict, stepAt } from '../../test/measurements.js';
import { maxMinutes } from './max-minutes.js';
import { target } from './target.js';

describe('target', () => {
  it('is reached by a loss at or below it', () => {
    const shown = [stepAt(1, 0.1), evalAt(1, 3), epochAt(5, 1, 0.1), evalAt(10, 1.5), evalAt(20, 1)];
    const verdict = 'eval.loss is 1.5 at step 10, the target was 1.5';
    expect(firstVerdict(target({ value: 1.5 }), shown)).toEqual({ shown: 4, verdict });
  });

  it('is reached by an accuracy at or above it', () => {
    const shown = [0.2, 0.59, 0.6].map((accuracy, i) => evalAt(i + 1, 3, accuracy));
    const verdict = 'eval.accuracy is 0.6 at step 3, the target was 0.6';
    expect(firstVerdict(target({ metric: 'eval.accuracy', value: 0.6 }), shown)).toEqual({ shown: 3, verdict });
  });

  it('is judged by the newest value: a run that goes on with another target is held to that', () => {
    const [lower, state] = [target({ value: 1 }), { step: 3, value: 1.4 }];
    expect(target({ value: 1.5 }).observe(null, evalAt(3, 1.4))).toEqual(state);
    expect(lower.isState(state) && lower.verdict(state, {} as never)).toBeUndefined();
  });

  it('is not reached by what is not finite, and is a number', () => {
    expect(firstVerdict(target({ value: 1 }), [evalAt(1, NaN), evalAt(2, -Infinity)])).toBeUndefined();
    expect(() => target({ value: NaN })).toThrow('making a target: expected a number, received NaN');
  });
});

describe('maxMinutes', () => {
  it('ends a run after so many minutes of training', () => {
    // Elapsed seconds are the steps here.
    const shown = [1, 89, 90, 91].map((step) => stepAt(step, 1));
    const verdict = 'trained for 1.50 minutes, 1.5 were to be spent';
    expect(firstVerdict(maxMinutes(1.5), shown)).toEqual({ shown: 3, verdict });
  });

  it.each([0, -1, NaN, Infinity])('refuses %s', (minutes) => {
    expect(() => maxMinutes(minutes)).toThrow('expected a number above 0');
  });
});
