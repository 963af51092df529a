import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { epochAt, evalAt, firstVerdict } from '../../test/measurements.js';
import { patience } from './patience.js';

// Where keras.callbacks.EarlyStopping stops: fixtures/early-stopping/make.py.
const { cases } = JSON.parse(
  readFileSync(new URL('../../../../fixtures/early-stopping/early-stopping.json', import.meta.url), 'utf8'),
) as {
  cases: {
    mode: 'min' | 'max';
    patience: number;
    minDelta: number;
    values: number[];
    stopped: number | null;
    best: number;
  }[];
};

describe('patience', () => {
  it.each(cases)('stops where Keras does: $mode, $patience, $minDelta', (one) => {
    const metric = one.mode === 'min' ? 'eval.loss' : 'eval.accuracy';
    const rule = patience({ evaluations: one.patience, minDelta: one.minDelta, metric });
    const shown = one.values.map((value, i) => evalAt(i + 1, value, value));
    const found = firstVerdict(rule, shown);
    expect(found?.shown ?? null).toBe(one.stopped);
    const last = `the last was ${one.best} at step ${one.values.indexOf(one.best) + 1}`;
    expect(found?.verdict.split(': ')[1]).toBe(found && last);
  });

  it('says what did not improve, by how much, for how long and since when', () => {
    const shown = [3, 2, 1.95, 1.96].map((loss, i) => evalAt(10 * (i + 1), loss));
    expect(firstVerdict(patience({ evaluations: 2, minDelta: 0.1 }), shown)).toEqual({
      shown: 4,
      verdict: 'eval.loss has not improved by more than 0.1 for 2 evaluations: the last was 2 at step 20',
    });
  });

  it('in epochs counts those in which no evaluation was an improvement', () => {
    const rule = patience({ epochs: 2 });
    expect(rule.name).toBe('patience-epochs');
    // Improvements within the first and the third epoch; none in the two after it.
    const shown = [
      [evalAt(2, 3), evalAt(4, 3.5), epochAt(4, 1, 3)],
      [evalAt(6, 3.2), evalAt(8, 3.1), epochAt(8, 2, 3)],
      [evalAt(10, 2.9), evalAt(12, 3), epochAt(12, 3, 3)],
      [evalAt(14, 2.9), evalAt(16, 3), epochAt(16, 4, 3)],
      [evalAt(18, 3), evalAt(20, 3), epochAt(20, 5, 3)],
    ].flat();
    const verdict = 'eval.loss has not improved for 2 epochs: the last was 2.9 at step 10';
    expect(firstVerdict(rule, shown)).toEqual({ shown: 15, verdict });
  });

  it('judges the mean training loss of epochs where it is told to', () => {
    const rule = patience({ evaluations: 2, metric: 'epoch.loss' });
    const shown = [3, 2, 2.5, 2.4].flatMap((loss, i) => [evalAt(5 * i + 5, 9 - i), epochAt(5 * i + 5, i + 1, loss)]);
    expect(firstVerdict(rule, shown)?.shown).toBe(8);
  });

  it('takes what is not finite for no improvement', () => {
    const shown = [NaN, Infinity, NaN].map((loss, i) => evalAt(i + 1, loss));
    const verdict = 'eval.loss has not improved for 3 evaluations: it was never finite';
    expect(firstVerdict(patience({ evaluations: 3 }), shown)).toEqual({ shown: 3, verdict });
  });

  it.each([
    [{}, 'evaluations or epochs, received neither'],
    [{ evaluations: 2, epochs: 1 }, 'evaluations or epochs, received both'],
    [{ evaluations: 0 }, 'a whole number of at least 1, received 0'],
    [{ epochs: 1.5 }, 'a whole number of at least 1, received 1.5'],
    [{ evaluations: 1, minDelta: -1 }, 'a minDelta of 0 or more, received -1'],
    [{ evaluations: 1, minDelta: NaN }, 'a minDelta of 0 or more, received NaN'],
  ])('refuses %o', (options, message) => {
    expect(() => patience(options)).toThrow(message);
  });

  it.each([undefined, null, 7, {}, { best: 1, improved: true, without: 0 }, { best: null, improved: 0, without: 0 }])(
    'takes %j for no state of it',
    (value) => {
      expect(patience({ evaluations: 1 }).isState(value)).toBe(false);
    },
  );
});
