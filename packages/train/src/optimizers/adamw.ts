import { SheepError, type Optimizer, type ParamTree } from '@sheep/core';
import { adamwUpdate, zerosTree } from '@sheep/ops';

/** The numbers of AdamW. */
export interface AdamwOptions {
  /** How much of the first and the second moment stays at each step; [0.9, 0.999] unless given. */
  readonly betas?: readonly [first: number, second: number];
  /** Added to the root of the second moment; 1e-8 unless given. */
  readonly epsilon?: number;
  /** Taken off each weight at each step, times the learning rate; 0.01 unless given. Matrices only. */
  readonly weightDecay?: number;
}

const FIRST = 'first/';
const SECOND = 'second/';

const wrong = (expected: string, received: unknown): SheepError =>
  new SheepError('bad-option', {
    doing: 'making AdamW',
    expected,
    received: String(received),
    remedy: 'change that number',
  });

const isFactor = (value: number): boolean => value >= 0 && value < Infinity;

function check({ betas, epsilon, weightDecay }: Required<AdamwOptions>): void {
  if (!betas.every((beta) => beta >= 0 && beta < 1)) throw wrong('betas from 0 to below 1', betas.join(', '));
  if (!isFactor(epsilon) || epsilon === 0) throw wrong('an epsilon above 0', epsilon);
  if (!isFactor(weightDecay)) throw wrong('a weight decay of 0 or more', weightDecay);
}

const underPrefix = (state: ParamTree, prefix: string, names: readonly string[]) =>
  names.map((name) => state[prefix + name]);

/**
 * AdamW with decoupled weight decay on matrices: biases and norms (fewer than two dimensions) do not decay.
 * A parameter without a gradient stays as it is, its moments as well, as in PyTorch.
 *
 * @throws SheepError `bad-option` for numbers out of range.
 * @see Loshchilov and Hutter, https://arxiv.org/abs/1711.05101
 */
export function adamw(options: AdamwOptions = {}): Optimizer {
  const { betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0.01 } = options;
  check({ betas, epsilon, weightDecay });
  return {
    init: (params) => ({ ...zerosTree(params, FIRST), ...zerosTree(params, SECOND) }),
    update({ params, grads, step, learningRate, scale, norm }, state) {
      const names = Object.keys(params).filter((name) => name in grads);
      const tensors = {
        params: names.map((name) => params[name]),
        grads: names.map((name) => grads[name]),
        firstMoments: underPrefix(state, FIRST, names),
        secondMoments: underPrefix(state, SECOND, names),
      };
      const weightDecays = tensors.params.map((param) => (param.rank >= 2 ? weightDecay : 0));
      adamwUpdate(tensors, { scale, norm }, { step, learningRate, betas, epsilon, weightDecays });
    },
  };
}
