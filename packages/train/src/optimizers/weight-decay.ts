import type { UpdateTransform } from '@sheep/core';
import { add, mul, scalar, type Tensor } from '@tensorflow/tfjs-core';
import { isFactor, requireOption } from './option-checks.js';

/** Whether a parameter decays. */
export type DecayMask = (name: string, param: Tensor) => boolean;

/** How weights decay. */
export interface WeightDecay {
  /** How much decays. */
  readonly weightDecay?: number;
  /** What decays; matrices unless given: biases and norms (fewer than two dimensions) do not. */
  readonly decays?: DecayMask;
}

/** The mask of an optimizer that is given none. */
export const decaysMatrices: DecayMask = (_name, param) => param.rank >= 2;

/** @throws SheepError `bad-option` where the decay of an optimizer is not a number of 0 or more. */
export function checkWeightDecay(making: string, weightDecay: number): void {
  requireOption(isFactor(weightDecay), making, 'a weight decay of 0 or more', weightDecay);
}

/**
 * Adds weights, times the decay, to their gradients: the penalty on the square of the weights as SGD and Adam have it,
 * where an adaptive rule scales it with the gradient. AdamW, Lion, Adafactor and Muon decay weights themselves instead.
 *
 * @throws SheepError `bad-option` where the decay is not a number of 0 or more.
 * @see `weight_decay` of torch.optim.Adam and torch.optim.SGD
 */
export function addDecayedWeights({ weightDecay = 0, decays = decaysMatrices }: WeightDecay): UpdateTransform {
  checkWeightDecay('a decay of weights', weightDecay);
  if (weightDecay === 0) return (update) => update;
  return (update) => {
    const { params, grads, scale } = update;
    const decayed = Object.entries(params).flatMap(([name, param]) => {
      if (!(name in grads)) return [];
      const grad = mul(grads[name], scale);
      return [[name, decays(name, param) ? add(grad, mul(param, weightDecay)) : grad]];
    });
    return { ...update, grads: Object.fromEntries(decayed), scale: scalar(1) };
  };
}
