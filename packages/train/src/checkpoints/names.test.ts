import { describe, expect, it } from 'vitest';
import { checkpointName, stepOf } from './names.js';

describe("a checkpoint's name", () => {
  it.each([
    [0, 'step-00000000'],
    [300, 'step-00000300'],
    [123_456_789, 'step-123456789'],
  ])('of step %d is %s', (step, name) => {
    expect(checkpointName(step)).toBe(name);
    expect(stepOf(name)).toBe(step);
  });

  it.each(['last', 'step-300', 'step-00000300.tmp', '../step-00000300', 'step-0000030x', ' step-00000300'])(
    'is not %j',
    (name) => {
      expect(stepOf(name)).toBeUndefined();
    },
  );
});
