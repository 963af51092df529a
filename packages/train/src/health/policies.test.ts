import { describe, expect, it } from 'vitest';
import { stepAt } from '../../test/measurements.js';
import { START } from '../loop/progress.js';
import { rewindNotFinite, skipNotFinite, type NotFiniteStep } from './policies.js';

const found = (step: number): NotFiniteStep => ({
  event: stepAt(step, NaN),
  batches: { from: { epoch: 0, batch: step - 1 }, to: { epoch: 0, batch: step } },
});

describe('policies', () => {
  it('skip counts all steps of the run, and stops beyond the most', () => {
    const policy = skipNotFinite({ maxSkips: 3 });
    const first = policy(START.health, [found(4), found(5)]);
    expect(first).toEqual({ action: 'skip', health: { ...START.health, skips: 2 } });
    const { health } = first as Extract<typeof first, { action: 'skip' | 'rewind' }>;
    expect(policy(health, [found(9)])).toMatchObject({ action: 'skip', health: { skips: 3 } });
    expect(policy(health, [found(9), found(10)])).toEqual({
      action: 'stop',
      why: 'it is one of 4 such steps, at most 3 are skipped',
    });
  });

  it('rewind lowers the rate each time, keeps what was passed over, and stops beyond the most', () => {
    const policy = rewindNotFinite({ maxRewinds: 2, rateFactor: 0.1 });
    const [one, two] = [found(4), found(7)];
    const health = { skips: 0, rewinds: 1, learningRateScale: 0.1, passedOver: [one.batches] };
    expect(policy(START.health, [one])).toEqual({ action: 'rewind', health });
    expect(policy(health, [two])).toEqual({
      action: 'rewind',
      health: { skips: 0, rewinds: 2, learningRateScale: 0.1 * 0.1, passedOver: [one.batches, two.batches] },
    });
    expect(policy({ ...health, rewinds: 2 }, [two])).toEqual({
      action: 'stop',
      why: 'the run has gone back 2 times already',
    });
  });

  it.each([
    [() => skipNotFinite({ maxSkips: 0 }), 'maxSkips as a whole number of at least 1, received 0'],
    [() => rewindNotFinite({ maxRewinds: 1.5 }), 'maxRewinds as a whole number of at least 1, received 1.5'],
    [() => rewindNotFinite({ rateFactor: 0 }), 'a rateFactor above 0, at most 1, received 0'],
    [() => rewindNotFinite({ rateFactor: NaN }), 'a rateFactor above 0, at most 1, received NaN'],
  ])('refuse numbers out of range', (make, message) => {
    expect(make).toThrow(message);
  });
});
