import type { Optimizer, ParamTree, Update } from '@sheep/core';
import { mul, sub, tidy, variable, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { assignIfFinite } from './assign-if-finite.js';
import { decaysMatrices, type WeightDecay } from './weight-decay.js';

/** What a rule is told of one parameter. The tensors are not the rule's. */
export interface RuleInput {
  readonly param: Tensor;
  /** Scaled. */
  readonly grad: Tensor;
  /** By the names that the rule gave them. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** From 1. */
  readonly step: number;
  readonly learningRate: number;
}

/** How one parameter is updated: a formula, which changes nothing itself. */
export interface UpdateRule {
  /** Name and shape of each tensor that is kept for a parameter of a shape; zero at first. */
  state(shape: readonly number[]): Readonly<Record<string, readonly number[]>>;
  /** What is taken off the parameter, and what its state becomes. Runs in a tidy. */
  update(input: RuleInput): { readonly change: Tensor; readonly state: Readonly<Record<string, Tensor>> };
}

const stateName = (slot: string, name: string): string => `${slot}/${name}`;

function initialState(rule: UpdateRule, params: ParamTree): ParamTree {
  const entries = Object.entries(params).flatMap(([name, { shape }]) =>
    Object.entries(rule.state(shape)).map(([slot, slotShape]) => [
      stateName(slot, name),
      tidy(() => variable(zeros([...slotShape]))),
    ]),
  );
  return Object.fromEntries(entries) as ParamTree;
}

/** The state of one parameter, by the names of the rule. */
function stateOf(rule: UpdateRule, name: string, shape: readonly number[], state: ParamTree): ParamTree {
  return Object.fromEntries(Object.keys(rule.state(shape)).map((slot) => [slot, state[stateName(slot, name)]]));
}

/**
 * An optimizer that applies a rule to each parameter by itself: p = p (1 - lr decay) - change. It leaves parameters
 * without a gradient as they are, and every bit of parameters and state where the gradient is not finite.
 */
export function perParameter(rule: UpdateRule, { weightDecay = 0, decays = decaysMatrices }: WeightDecay): Optimizer {
  const updateOne = (update: Update, name: string, state: ParamTree): void => {
    const { params, grads, step, learningRate, scale, norm } = update;
    const [param, assign] = [params[name], assignIfFinite(norm)];
    const kept = stateOf(rule, name, param.shape, state);
    const grad = mul(grads[name], scale);
    const next = rule.update({ param, grad, state: kept, step, learningRate });
    const decay = decays(name, param) ? learningRate * weightDecay : 0;
    assign(param, sub(decay === 0 ? param : mul(param, 1 - decay), next.change));
    for (const slot of Object.keys(kept)) assign(kept[slot], next.state[slot]);
  };
  return {
    init: (params) => initialState(rule, params),
    update(update, state) {
      for (const name of Object.keys(update.params)) {
        if (name in update.grads) tidy(() => updateOne(update, name, state));
      }
    },
  };
}
