import { add, div, erf, exp, mul, neg, sigmoid, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { defineOp } from './op.js';

/** The function behind a linear layer. `gelu-tanh` is GPT-2's (`gelu_new`), `gelu-erf` the exact one. */
export type Activation = 'none' | 'gelu-tanh' | 'gelu-erf' | 'silu';

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

interface Pointwise {
  value(x: Tensor): Tensor;
  derivative(x: Tensor): Tensor;
}

/** Twice the inner polynomial of the tanh form: 2 sqrt(2/pi) (x + 0.044715 x^3). */
const doubledInner = (x: Tensor): Tensor => mul(mul(x, add(mul(square(x), CUBIC), 1)), 2 * SQRT_2_OVER_PI);

const doubledInnerSlope = (x: Tensor): Tensor => add(mul(square(x), 6 * SQRT_2_OVER_PI * CUBIC), 2 * SQRT_2_OVER_PI);

/** d/dx of x s(u(x)) where s is the logistic function: s + x s (1 - s) u'. */
function logisticGateDerivative(x: Tensor, gate: Tensor, slope: Tensor | number): Tensor {
  return mul(gate, add(mul(mul(x, sub(1, gate)), slope), 1));
}

const normalCumulative = (x: Tensor): Tensor => mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
const normalDensity = (x: Tensor): Tensor => div(exp(neg(mul(square(x), 0.5))), Math.sqrt(2 * Math.PI));

const pointwise: Record<Exclude<Activation, 'none'>, Pointwise> = {
  // 0.5 x (1 + tanh(u)) is x times the logistic function of 2u, which is faster than tanh on stock backends.
  'gelu-tanh': {
    value: (x) => mul(x, sigmoid(doubledInner(x))),
    derivative: (x) => logisticGateDerivative(x, sigmoid(doubledInner(x)), doubledInnerSlope(x)),
  },
  'gelu-erf': {
    value: (x) => mul(x, normalCumulative(x)),
    derivative: (x) => add(normalCumulative(x), mul(x, normalDensity(x))),
  },
  silu: {
    value: (x) => mul(x, sigmoid(x)),
    derivative: (x) => logisticGateDerivative(x, sigmoid(x), 1),
  },
};

/** The composed form of an activation; for `none` the tensor itself. */
export function activate<T extends Tensor>(x: T, activation: Activation): T {
  return activation === 'none' ? x : (pointwise[activation].value(x) as T);
}

/** The composed form of its gradient: dy times the derivative at x, the input of the activation. */
export function activateGradient<T extends Tensor>(dy: T, x: T, activation: Activation): T {
  return activation === 'none' ? dy : (mul(dy, pointwise[activation].derivative(x)) as T);
}

/** The op behind {@link gelu} and {@link silu}. */
export const activationOp = defineOp<{ x: Tensor }, { activation: Exclude<Activation, 'none'> }>({
  name: 'Activation',
  outputs: 1,
  saves: ['x'],
  differentiable: ['x'],
  composed: {
    forward: ({ x }, { activation }) => [activate(x, activation)],
    gradient: ([dy], { x }, _notes, { activation }) => [activateGradient(dy, x, activation)],
  },
});

/**
 * Gaussian error linear unit, x times the normal distribution function at x.
 *
 * @param form `tanh` is the approximation that GPT-2 was trained with, `erf` the exact function.
 * @see Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415
 */
export function gelu(x: Tensor, form: 'tanh' | 'erf' = 'tanh'): Tensor {
  return activationOp.run({ x }, { activation: `gelu-${form}` })[0];
}

/** Sigmoid linear unit, x / (1 + exp(-x)). @see https://arxiv.org/abs/1702.03118 */
export function silu(x: Tensor): Tensor {
  return activationOp.run({ x }, { activation: 'silu' })[0];
}
