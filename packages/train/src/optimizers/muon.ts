import type { Optimizer } from '@sheep/core';
import { add, mul, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { matchesName } from '../name-pattern.js';
import { adamw, type AdamwOptions } from './adamw.js';
import { isShare, requireOption } from './option-checks.js';
import { orthogonalize } from './orthogonalize.js';
import { partition } from './partition.js';
import { perParameter, type UpdateRule } from './per-parameter.js';
import { checkWeightDecay } from './weight-decay.js';

/** How long an orthogonal update is for the shape of its matrix. */
const adjustments = {
  /** As long as AdamW's mostly are, so that AdamW's learning rate and decay suit; the same for a transposed matrix. */
  'match-rms-adamw': (rows, columns) => 0.2 * Math.sqrt(Math.max(rows, columns)),
  /** For matrices of (outputs, inputs). */
  original: (rows, columns) => Math.sqrt(Math.max(1, rows / columns)),
  /** For matrices of (outputs, inputs). */
  'spectral-unclamped': (rows, columns) => Math.sqrt(rows / columns),
} as const satisfies Record<string, (rows: number, columns: number) => number>;

/** The name of a rule that adjusts Muon's learning rate to a matrix, as torch.optim.Muon has it. */
export type MuonAdjustment = keyof typeof adjustments;

/** The names of the rules that adjust Muon's learning rate. */
export const muonAdjustments = Object.keys(adjustments) as readonly MuonAdjustment[];

/** The numbers of Muon, and of the AdamW that has the rest; `weightDecay` is of both, 0.1 unless given. */
export interface MuonOptions extends AdamwOptions {
  /** How much of the mean gradient stays at each step; 0.95 unless given. */
  readonly momentum?: number;
  /** Mixes the gradient in once more; true unless given. */
  readonly nesterov?: boolean;
  /** `match-rms-adamw` unless given. */
  readonly adjustLearningRate?: MuonAdjustment;
  /** Newton-Schulz iterations; 5 unless given. */
  readonly iterations?: number;
  /** Patterns of the names of matrices that AdamW has: embeddings and heads, as Hugging Face calls them, unless given. */
  readonly embeddings?: readonly string[];
}

type Numbers = Required<Pick<MuonOptions, 'momentum' | 'nesterov' | 'adjustLearningRate' | 'iterations'>>;

const EMBEDDINGS = ['*wte*', '*wpe*', '*embed*', '*lm_head*'];

/** m = b m + (1 - b) g, p = p - lr adjustment orthogonalize(b m + (1 - b) g), or of m itself without Nesterov's. */
const muonRule = ({ momentum, nesterov, adjustLearningRate, iterations }: Numbers): UpdateRule => ({
  state: (shape) => ({ momentum: shape }),
  update({ grad, state, learningRate }) {
    const mixed = (old: Tensor): Tensor => add(mul(old, momentum), mul(grad, 1 - momentum));
    const mean = mixed(state.momentum);
    const direction = orthogonalize((nesterov ? mixed(mean) : mean) as Tensor2D, iterations);
    const [rows, columns] = direction.shape;
    const adjusted = learningRate * adjustments[adjustLearningRate](rows, columns);
    return { change: mul(direction, adjusted), state: { momentum: mean } };
  },
});

function check({ momentum, adjustLearningRate, iterations }: Numbers): void {
  requireOption(isShare(momentum), 'Muon', 'a momentum from 0 to below 1', momentum);
  const known = muonAdjustments.join(', ');
  requireOption(adjustLearningRate in adjustments, 'Muon', `an adjustment of ${known}`, adjustLearningRate);
  const whole = Number.isSafeInteger(iterations) && iterations >= 1;
  requireOption(whole, 'Muon', 'at least 1 iteration, a whole number', iterations);
}

/**
 * Muon: a matrix moves along its mean gradient made orthogonal, as far in every direction. What is no matrix, and the
 * embeddings, AdamW updates.
 *
 * @throws SheepError `bad-option` for numbers out of range.
 * @see Jordan, https://kellerjordan.github.io/posts/muon/
 * @see Liu et al., https://arxiv.org/abs/2502.16982
 */
export function muon(options: MuonOptions = {}): Optimizer {
  const { momentum = 0.95, nesterov = true, adjustLearningRate = 'match-rms-adamw', iterations = 5 } = options;
  const { weightDecay = 0.1, decays, betas, epsilon, embeddings = EMBEDDINGS } = options;
  const numbers = { momentum, nesterov, adjustLearningRate, iterations };
  check(numbers);
  checkWeightDecay('Muon', weightDecay);
  const isEmbedding = (name: string): boolean => embeddings.some((pattern) => matchesName(pattern, name));
  return partition((name, param) => (param.rank === 2 && !isEmbedding(name) ? 'matrices' : 'rest'), {
    matrices: perParameter(muonRule(numbers), { weightDecay, decays }),
    rest: adamw({ betas, epsilon, weightDecay, decays }),
  });
}
