import { describe, expect, it } from 'vitest';
import { commandLineLayers } from '../config/layers-of-options.js';
import { resolveConfig } from '../config/resolve.js';
import { checkResumable } from './compare-configs.js';

const configOf = (...set: string[]) => resolveConfig(commandLineLayers({ set }));
const compare = (before: string, now: string) => () => checkResumable(configOf(before), configOf(now), 'config.yaml');

describe('checkResumable', () => {
  it('finds a difference behind what a message shows of a value', () => {
    const steps = Array.from({ length: 40 }, (_, i) => 100 + i).join(',');
    const boundaries = (last: number) => `train.schedule={ kind: piecewise, boundaries: [${steps}, ${last}] }`;
    expect(compare(boundaries(200), boundaries(200))).not.toThrow();
    expect(compare(boundaries(200), boundaries(201))).toThrow('expected train.schedule.boundaries [100,101,');
  });

  it('leaves what changes no numbers free', () => {
    expect(compare('train.logEvery=1', 'train.logEvery=2')).not.toThrow();
    expect(compare('seed=1', 'seed=2')).toThrow('expected seed 1, as config.yaml says, received 2');
  });
});
