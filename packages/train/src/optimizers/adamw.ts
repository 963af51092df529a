import type { Optimizer, ParamTree } from '@sheep/core';
import { adamwUpdate, zerosTree } from '@sheep/ops';
import { isPositive, isShare, requireOption } from './option-checks.js';
import { checkWeightDecay, decaysMatrices, type WeightDecay } from './weight-decay.js';

/** The numbers of AdamW. The weights themselves decay, times the learning rate; 0.01 unless given. */
export interface AdamwOptions extends WeightDecay {
  /** How much of the first and the second moment stays at each step; [0.9, 0.999] unless given. */
  readonly betas?: readonly [first: number, second: number];
  /** Added to the root of the second moment; 1e-8 unless given. */
  readonly epsilon?: number;
}

const FIRST = 'first/';
const SECOND = 'second/';

const MAKING = 'Adam or AdamW';

function check({ betas, epsilon, weightDecay }: Required<Omit<AdamwOptions, 'decays'>>): void {
  requireOption(betas.every(isShare), MAKING, 'betas from 0 to below 1', betas.join(', '));
  requireOption(isPositive(epsilon), MAKING, 'an epsilon above 0', epsilon);
  checkWeightDecay(MAKING, weightDecay);
}

const underPrefix = (state: ParamTree, prefix: string, names: readonly string[]) =>
  names.map((name) => state[prefix + name]);

/**
 * AdamW: Adam whose weight decay is apart from the gradient.
 * A parameter without a gradient stays as it is, its moments as well, as in PyTorch.
 *
 * @throws SheepError `bad-option` for numbers out of range.
 * @see Loshchilov and Hutter, https://arxiv.org/abs/1711.05101
 */
export function adamw(options: AdamwOptions = {}): Optimizer {
  const { betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0.01, decays = decaysMatrices } = options;
  check({ betas, epsilon, weightDecay });
  return {
    init: (params) => ({ ...zerosTree(params, FIRST), ...zerosTree(params, SECOND) }),
    update({ params, grads, step, learningRate, scale, norm }, state) {
      const names = Object.keys(params).filter((name) => name in grads);
      if (names.length === 0) return;
      const tensors = {
        params: names.map((name) => params[name]),
        grads: names.map((name) => grads[name]),
        firstMoments: underPrefix(state, FIRST, names),
        secondMoments: underPrefix(state, SECOND, names),
      };
      const weightDecays = names.map((name) => (decays(name, params[name]) ? weightDecay : 0));
      adamwUpdate(tensors, { scale, norm }, { step, learningRate, betas, epsilon, weightDecays });
    },
  };
}
