import type { Optimizer } from '@sheep/core';
import { add, div, matMul, maximum, mean, mul, rsqrt, sqrt, square, type Tensor } from '@tensorflow/tfjs-core';
import { isFactor, isPositive, requireOption } from './option-checks.js';
import { perParameter, type RuleInput, type UpdateRule } from './per-parameter.js';
import { checkWeightDecay, type WeightDecay } from './weight-decay.js';

/** The numbers of Adafactor. The weights themselves decay, times the learning rate; 0 unless given. */
export interface AdafactorOptions extends WeightDecay {
  /** The mean square of step t forgets a share of t^beta2Decay; -0.8 unless given. */
  readonly beta2Decay?: number;
  /** The least root mean square of a gradient and of a parameter; [2^-23, 1e-3] unless given. */
  readonly epsilons?: readonly [gradient: number, parameter: number];
  /** The root mean square above which an update, before the rate, is shortened to it; 1 unless given. */
  readonly clipThreshold?: number;
}

type Numbers = Required<Omit<AdafactorOptions, keyof WeightDecay>>;

const rootMeanSquare = (x: Tensor): Tensor => sqrt(mean(square(x)));

type Named<T> = Readonly<Record<string, T>>;

/** The means of squares that stand for those of every value, and the estimate that they give. */
function secondMoment(
  { grad, state, step }: RuleInput,
  { beta2Decay, epsilons }: Numbers,
): { state: Named<Tensor>; estimate: Tensor } {
  const gain = step ** beta2Decay;
  const mixed = (old: Tensor, now: Tensor): Tensor => add(mul(old, 1 - gain), mul(now, gain));
  const squares = square(grad);
  if (grad.rank < 2) {
    const values = mixed(state.square, squares);
    return { state: { square: values }, estimate: values };
  }
  const rows = mixed(state.rows, mean(squares, -1, true));
  const columns = mixed(state.columns, mean(squares, -2, true));
  const estimate = div(matMul(rows, columns), maximum(mean(rows, -2, true), epsilons[0]));
  return { state: { rows, columns }, estimate };
}

/** (..., R, C): a mean for each row (..., R, 1) and for each column (..., 1, C); vectors are kept whole. */
const adafactorRule = (numbers: Numbers): UpdateRule => ({
  state(shape): Named<readonly number[]> {
    if (shape.length < 2) return { square: shape };
    const [outer, rows, columns] = [shape.slice(0, -2), shape[shape.length - 2], shape[shape.length - 1]];
    return { rows: [...outer, rows, 1], columns: [...outer, 1, columns] };
  },
  update(input) {
    const { param, grad, step, learningRate } = input;
    const { epsilons, clipThreshold } = numbers;
    const { state, estimate } = secondMoment(input, numbers);
    const direction = mul(rsqrt(maximum(estimate, epsilons[0] ** 2)), grad);
    const rate = mul(maximum(rootMeanSquare(param), epsilons[1]), Math.min(learningRate, 1 / Math.sqrt(step)));
    const shortening = maximum(div(rootMeanSquare(direction), clipThreshold), 1);
    return { change: mul(direction, div(rate, shortening)), state };
  },
});

/**
 * Adafactor as torch.optim.Adafactor has it: AdamW's second moment in two vectors a matrix, no first one, and a
 * learning rate that is relative to the size of the weights (at most 1 / sqrt(step)).
 *
 * @throws SheepError `bad-option` for numbers out of range.
 * @see Shazeer and Stern, https://arxiv.org/abs/1804.04235
 */
export function adafactor(options: AdafactorOptions = {}): Optimizer {
  const { beta2Decay = -0.8, epsilons = [2 ** -23, 1e-3], clipThreshold = 1, weightDecay = 0, decays } = options;
  requireOption(beta2Decay <= 0 && beta2Decay > -Infinity, 'Adafactor', 'a beta2Decay of at most 0', beta2Decay);
  requireOption(isPositive(epsilons[0]) && isFactor(epsilons[1]), 'Adafactor', 'epsilons above 0', epsilons.join(', '));
  requireOption(isPositive(clipThreshold), 'Adafactor', 'a clip threshold above 0', clipThreshold);
  checkWeightDecay('Adafactor', weightDecay);
  return perParameter(adafactorRule({ beta2Decay, epsilons, clipThreshold }), { weightDecay, decays });
}
