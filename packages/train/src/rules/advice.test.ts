import { describe, expect, it } from 'vitest';
import { evalAt, firstVerdict, stepAt } from '../../test/measurements.js';
import { lossSpike } from './loss-spike.js';
import { overfitting } from './overfitting.js';

/** Losses with mean 2 and standard deviation 0.1. */
const noisy = (count: number) => Array.from({ length: count }, (_, i) => stepAt(i + 1, i % 2 === 0 ? 1.9 : 2.1));

describe('lossSpike', () => {
  it('is a loss so many standard deviations above the mean of the steps before, and says what to change', () => {
    const rule = lossSpike({ window: 10, deviations: 4, remedy: 'lower it' });
    expect(firstVerdict(rule, [...noisy(30), stepAt(31, 2.39)])).toBeUndefined();
    expect(firstVerdict(rule, [...noisy(30), stepAt(31, 2.41)])).toEqual({
      shown: 31,
      verdict:
        'the training loss rose to 2.4100 at step 31, 4.1 standard deviations above the mean of the 10 steps before, 2.0000: should it not fall again, lower it',
    });
  });

  it('needs the window full, and looks no further back than that', () => {
    const rule = lossSpike({ window: 10 });
    expect(firstVerdict(rule, [...noisy(9), stepAt(10, 50)])).toBeUndefined();
    // The fall from 9 is as wide as no spike; within the window all is even again.
    const fallen = [stepAt(1, 9), ...noisy(12), stepAt(14, 3)];
    expect(firstVerdict(rule, fallen)?.shown).toBe(14);
  });

  it('is no tiny rise of losses that hardly change, no loss that is not finite, and none that falls', () => {
    const even = Array.from({ length: 10 }, (_, i) => stepAt(i + 1, 0.01));
    const rule = lossSpike({ window: 10 });
    expect(firstVerdict(rule, [...even, stepAt(11, 0.1), stepAt(12, NaN), stepAt(13, Infinity)])).toBeUndefined();
    expect(firstVerdict(rule, [...noisy(10), stepAt(11, 0.1)])).toBeUndefined();
  });

  it.each([{ window: 1 }, { window: 2.5 }, { deviations: 0 }, { deviations: NaN }])('refuses %o', (options) => {
    expect(() => lossSpike(options)).toThrow('watching for loss spikes');
  });
});

/** Ten steps of a training loss, then an evaluation, for each pair. */
const course = (pairs: readonly (readonly [training: number, validation: number])[]) =>
  pairs.flatMap(([training, validation], i) => [
    ...Array.from({ length: 10 }, (_, j) => stepAt(10 * i + j + 1, training)),
    evalAt(10 * i + 10, validation),
  ]);

describe('overfitting', () => {
  const rule = overfitting({ evaluations: 2, remedy: 'stop earlier' });

  it('is a gap that grows while the validation loss is no longer at its lowest', () => {
    const shown = course([
      [3, 3.1],
      [2, 2.5],
      [1.5, 2.3],
      [1, 2.4],
    ]);
    expect(firstVerdict(rule, shown)).toEqual({
      shown: 44,
      verdict:
        'the validation loss is 2.4000 at step 40, its lowest was 2.3000, and the training loss, 1.4000 below it, has moved away for 3 evaluations: stop earlier',
    });
  });

  it.each([
    [
      'both losses fall',
      [
        [3, 3.1],
        [2, 2.5],
        [1, 2],
        [0.5, 1.9],
      ],
    ],
    [
      'the gap shrinks',
      [
        [3, 3],
        [2, 3.2],
        [2.5, 3.1],
        [2.6, 3.2],
      ],
    ],
    [
      'the training loss is the higher one, as with dropout',
      [
        [3, 1],
        [2.8, 1.1],
        [2.6, 1.2],
        [2.4, 1.3],
      ],
    ],
    [
      'both rise together',
      [
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 5],
      ],
    ],
  ] as const)('is none where %s', (_, pairs) => {
    expect(firstVerdict(rule, course(pairs))).toBeUndefined();
  });

  it('passes over an evaluation that is not finite or has no step before it', () => {
    const shown = [
      evalAt(0, 1),
      ...course([
        [3, 3.1],
        [2, NaN],
        [1.5, 2.3],
        [1, 2.4],
      ]),
      stepAt(41, NaN),
      evalAt(41, 9),
    ];
    expect(firstVerdict(rule, shown)?.shown).toBe(45);
    expect(() => overfitting({ evaluations: 0 })).toThrow('expected at least 1 evaluation, received 0');
  });
});
