import { describe, expect, it } from 'vitest';
import { tinyRun } from '../../test/tiny-run.js';
import { target } from '../rules/target.js';
import { train } from './train.js';

describe('train', () => {
  it('refuses a run that nothing would end', () => {
    expect(() => train(tinyRun({ maxSteps: undefined }))).toThrow(
      'starting a run: expected maxSteps or maxEpochs, received neither; set one of them',
    );
  });

  it.each([
    [{ maxSteps: 0 }, 'maxSteps', '0'],
    [{ maxSteps: NaN }, 'maxSteps', 'NaN'],
    [{ maxSteps: Infinity }, 'maxSteps', 'Infinity'],
    [{ maxEpochs: 0.5 }, 'maxEpochs', '0.5'],
    [{ stopAfter: -1 }, 'stopAfter', '-1'],
    [{ logEvery: 0 }, 'logEvery', '0'],
    [{ evalEvery: 2.5 }, 'evalEvery', '2.5'],
    [{ checkpointEvery: 0 }, 'checkpointEvery', '0'],
    [{ sampleEvery: 0 }, 'sampleEvery', '0'],
  ])('refuses %o', (options, name, received) => {
    expect(() => train(tinyRun(options))).toThrow(
      `expected ${name} as a whole number of at least 1, received ${received}`,
    );
  });

  it('refuses two rules of one name, whose notes would be one', () => {
    const rules = { stopWhen: [target({ value: 1 })], advice: [target({ value: 2 })] };
    expect(() => train(tinyRun(rules))).toThrow("expected rules with a name each, received two named 'target'");
  });
});
