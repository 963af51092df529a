import { SheepError, type Optimizer } from '@sheep/core';
import { adafactor } from './adafactor.js';
import { adam } from './adam.js';
import { adamw } from './adamw.js';
import { averaged } from './averaged.js';
import { withGroups, type ParameterGroup } from './groups.js';
import { lion } from './lion.js';
import { muon, type MuonAdjustment } from './muon.js';
import { sgd } from './sgd.js';

/** The numbers of all rules, each of which takes some. What they mean is told where the rule is. */
export interface OptimizerSettings {
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly adjustLearningRate: MuonAdjustment;
  readonly beta2Decay: number;
  readonly clipThreshold: number;
}

type SettingName = keyof OptimizerSettings;

interface Kind {
  readonly make: (settings: Partial<OptimizerSettings>) => Optimizer;
  /** The settings that the rule takes, with what they are unless given. */
  readonly settings: Partial<OptimizerSettings>;
  /** The learning rate that suits it, in multiples of the one that suits AdamW. */
  readonly learningRateScale: number;
}

const moments = { betas: [0.9, 0.99], epsilon: 1e-8 } as const;

// The one table of the names: what a configuration may choose, take and leave out is read from here.
const kinds = {
  adamw: { make: adamw, settings: { ...moments, weightDecay: 0.1 }, learningRateScale: 1 },
  adam: { make: adam, settings: { ...moments, weightDecay: 0 }, learningRateScale: 1 },
  sgd: { make: sgd, settings: { momentum: 0.9, nesterov: false, weightDecay: 0 }, learningRateScale: 30 },
  lion: { make: lion, settings: { betas: [0.9, 0.99], weightDecay: 0.1 }, learningRateScale: 0.3 },
  adafactor: {
    make: adafactor,
    settings: { beta2Decay: -0.8, clipThreshold: 1, weightDecay: 0 },
    learningRateScale: 4,
  },
  muon: {
    make: muon,
    settings: {
      momentum: 0.95,
      nesterov: true,
      adjustLearningRate: 'match-rms-adamw',
      ...moments,
      weightDecay: 0.1,
    },
    learningRateScale: 1,
  },
} as const satisfies Record<string, Kind>;

/** The name of an optimizer. */
export type OptimizerKind = keyof typeof kinds;

/** The names of the optimizers. */
export const optimizerKinds = Object.keys(kinds) as readonly OptimizerKind[];

/** An optimizer by its name. */
export interface OptimizerOptions extends Partial<OptimizerSettings> {
  readonly kind: OptimizerKind;
  /** Parameters with numbers of their own; none unless given. */
  readonly groups?: readonly ParameterGroup[];
  /** Of the moving average of the weights, which is then what is evaluated and published; none unless given. */
  readonly averageDecay?: number | null;
}

function wrong(kind: string, expected: string, received: string, remedy: string): SheepError {
  return new SheepError('bad-option', { doing: `making the optimizer ${kind}`, expected, received, remedy });
}

function checkSettings(kind: OptimizerKind, given: Partial<OptimizerSettings>): void {
  const { settings }: Kind = kinds[kind];
  const name = (Object.keys(given) as SettingName[]).find((key) => given[key] !== undefined && !(key in settings));
  if (name === undefined) return;
  const owners = optimizerKinds.filter((other) => name in kinds[other].settings);
  const belongs = `${name}, which belongs to ${owners.join(', ')}`;
  const expected = `no settings but ${Object.keys(settings).join(', ')}`;
  throw wrong(kind, expected, belongs, `leave ${name} out, or choose a kind that it belongs to`);
}

/** The entries that are given. */
const given = (settings: Partial<OptimizerSettings>): Partial<OptimizerSettings> =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

/**
 * All settings that an optimizer takes, filled in where they are not given.
 *
 * @throws SheepError `bad-option` where one is given that the optimizer does not take.
 */
export function optimizerSettingsOf(
  kind: OptimizerKind,
  settings: Partial<OptimizerSettings>,
): Partial<OptimizerSettings> {
  checkSettings(kind, settings);
  return { ...kinds[kind].settings, ...given(settings) };
}

/** The learning rate that suits an optimizer, in multiples of the one that suits AdamW: rough, to begin with. */
export function learningRateScaleOf(kind: OptimizerKind): number {
  return kinds[kind].learningRateScale;
}

/**
 * An optimizer by its name, with groups of parameters and an average of the weights where they are asked for.
 *
 * @throws SheepError `bad-option` where the settings are not the optimizer's, or out of range.
 */
export function createOptimizer({ kind, groups = [], averageDecay, ...rest }: OptimizerOptions): Optimizer {
  if (!optimizerKinds.includes(kind)) {
    throw wrong(kind, `a kind of optimizer: ${optimizerKinds.join(', ')}`, kind, 'choose one of them');
  }
  const settings = optimizerSettingsOf(kind, rest);
  const { make }: Kind = kinds[kind];
  const makeOne = (weightDecay = settings.weightDecay) => make({ ...settings, weightDecay });
  const optimizer = groups.length === 0 ? makeOne() : withGroups(groups, makeOne);
  return typeof averageDecay === 'number' ? averaged(optimizer, { decay: averageDecay }) : optimizer;
}
