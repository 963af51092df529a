import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { commandLineLayers } from '../config/layers-of-options.js';
import { resolveConfig } from '../config/resolve.js';
import { settleSchedule } from './run-schedule.js';

const configOf = (...set: string[]) =>
  resolveConfig(commandLineLayers({ set: set.map((value) => `train.schedule.${value}`), learningRate: '0.01' }));

describe('settleSchedule', () => {
  it('fills in the settings of the kind, so that the file of a run has them and repeats it', () => {
    const { config, schedule } = settleSchedule(configOf('kind=warmup-stable-decay'), 300, () => {});
    const settings = { kind: 'warmup-stable-decay', warmupSteps: 60, minLearningRate: 1e-3 };
    expect(config.train.schedule).toEqual({ ...settings, decaySteps: 60, decayShape: 'linear' });
    expect([240, 270, 300].map(schedule)).toEqual([0.01, 0.0055, 1e-3]);
    const values = parse(stringify(config)) as Record<string, unknown>;
    const again = resolveConfig([{ origin: 'config.yaml', values, commandLine: false }]);
    expect(settleSchedule(again, 300, () => {}).config).toEqual(config);
  });

  it('shortens a warm-up that is longer than the run, and says so', () => {
    const notes: string[] = [];
    const { config, schedule } = settleSchedule(configOf(), 20, (text) => notes.push(text));
    expect(notes).toEqual(["warm-up shortened from 60 to 2 steps, a tenth of the run's 20"]);
    expect(config.train.schedule.warmupSteps).toBe(2);
    expect([1, 2, 20].map(schedule)).toEqual([0.005, 0.01, 1e-3]);
  });

  it('refuses a setting that does not fit the length of the run', () => {
    const config = configOf('kind=warmup-stable-decay', 'decaySteps=500');
    expect(() => settleSchedule(config, 300, () => {})).toThrow(
      'decaySteps from 0 to the 240 steps behind the warm-up',
    );
  });
});
