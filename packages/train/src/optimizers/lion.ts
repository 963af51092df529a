import type { Optimizer } from '@sheep/core';
import { add, mul, sign } from '@tensorflow/tfjs-core';
import { isShare, requireOption } from './option-checks.js';
import { perParameter, type UpdateRule } from './per-parameter.js';
import { checkWeightDecay, type WeightDecay } from './weight-decay.js';

/** The numbers of Lion. The weights themselves decay, times the learning rate; 0 unless given. */
export interface LionOptions extends WeightDecay {
  /** How much of the mean gradient counts in the step, and how much of it stays; [0.9, 0.99] unless given. */
  readonly betas?: readonly [step: number, mean: number];
}

/** p = p - lr sign(b1 m + (1 - b1) g), then m = b2 m + (1 - b2) g. */
const lionRule = ([stepBeta, meanBeta]: readonly [number, number]): UpdateRule => ({
  state: (shape) => ({ mean: shape }),
  update({ grad, state, learningRate }) {
    const mixed = (beta: number) => add(mul(state.mean, beta), mul(grad, 1 - beta));
    return { change: mul(sign(mixed(stepBeta)), learningRate), state: { mean: mixed(meanBeta) } };
  },
});

/**
 * Lion: every weight moves by the learning rate, against the sign of a mean of gradients. It wants a rate 3 to 10 times
 * lower than AdamW's, and a weight decay as much higher.
 *
 * @throws SheepError `bad-option` for numbers out of range.
 * @see Chen et al., https://arxiv.org/abs/2302.06675
 */
export function lion({ betas = [0.9, 0.99], weightDecay = 0, decays }: LionOptions = {}): Optimizer {
  requireOption(betas.every(isShare), 'Lion', 'betas from 0 to below 1', betas.join(', '));
  checkWeightDecay('Lion', weightDecay);
  return perParameter(lionRule(betas), { weightDecay, decays });
}
