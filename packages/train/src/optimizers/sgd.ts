import type { Optimizer } from '@sheep/core';
import { add, mul } from '@tensorflow/tfjs-core';
import { chain } from './chain.js';
import { isShare, requireOption } from './option-checks.js';
import { perParameter, type UpdateRule } from './per-parameter.js';
import { addDecayedWeights, type WeightDecay } from './weight-decay.js';

/** The numbers of SGD. The weight decay is part of the gradient; 0 unless given. */
export interface SgdOptions extends WeightDecay {
  /** How much of the velocity stays at each step; 0.9 unless given. With 0 nothing is kept. */
  readonly momentum?: number;
  /** Looks ahead along the velocity; false unless given. */
  readonly nesterov?: boolean;
}

const withoutMomentum: UpdateRule = {
  state: () => ({}),
  update: ({ grad, learningRate }) => ({ change: mul(grad, learningRate), state: {} }),
};

/** v = m v + g, p = p - lr v, or with Nesterov's p = p - lr (g + m v). */
const withMomentum = (momentum: number, nesterov: boolean): UpdateRule => ({
  state: (shape) => ({ velocity: shape }),
  update({ grad, state, learningRate }) {
    const velocity = add(mul(state.velocity, momentum), grad);
    const direction = nesterov ? add(grad, mul(velocity, momentum)) : velocity;
    return { change: mul(direction, learningRate), state: { velocity } };
  },
});

/**
 * Stochastic gradient descent with momentum, as torch.optim.SGD has it: the velocity adds up gradients undamped.
 *
 * @throws SheepError `bad-option` for numbers out of range.
 * @see Sutskever et al., https://proceedings.mlr.press/v28/sutskever13.html
 */
export function sgd({ momentum = 0.9, nesterov = false, ...decay }: SgdOptions = {}): Optimizer {
  requireOption(isShare(momentum), 'SGD', 'a momentum from 0 to below 1', momentum);
  requireOption(!nesterov || momentum > 0, 'SGD', "a momentum above 0 for Nesterov's", momentum);
  const rule = momentum === 0 ? withoutMomentum : withMomentum(momentum, nesterov);
  return chain(addDecayedWeights(decay), perParameter(rule, {}));
}
