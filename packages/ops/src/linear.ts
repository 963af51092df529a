import { add, fused, tidy, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { activate, activateGradient, type Activation } from './activation.js';
import { drop, type Dropout } from './dropout.js';
import { defineOp } from './op.js';
import { product } from './product.js';
import { fromRows, toRows } from './rows.js';
import { sumRows } from './sum-rows.js';

/** Weight (C, M) and bias (M) of a linear layer, in the layout of GPT-2: y = x weight + bias. */
export interface Linear {
  readonly weight: Tensor2D;
  readonly bias?: Tensor1D;
}

/** The composed form of x weight + bias. */
export function affine(x: Tensor2D, weight: Tensor2D, bias?: Tensor1D): Tensor2D {
  return fused.matMul({ a: x, b: weight, bias }) as Tensor2D;
}

/** The composed gradients of {@link affine}, each made when asked for. */
export function affineGradients(dy: Tensor2D, x: Tensor2D, weight: Tensor2D) {
  return {
    x: () => product(dy, weight, false, true),
    weight: () => product(x, dy, true, false),
    bias: () => sumRows(dy),
  };
}

/** The op behind {@link linear} and {@link linearActivation}. Its note is the input of the activation. */
export const linearActivationOp = defineOp<
  { x: Tensor2D; weight: Tensor2D; bias?: Tensor1D },
  { activation: Activation }
>({
  name: 'LinearActivation',
  outputs: 1,
  saves: ['x', 'weight'],
  differentiable: ['x', 'weight', 'bias'],
  composed: {
    forward({ x, weight, bias }, { activation }) {
      const before = affine(x, weight, bias);
      return activation === 'none' ? [before] : [activate(before, activation), before];
    },
    gradient([dy], { x, weight }, [before], { activation }, wanted) {
      const dBefore = activateGradient(dy, before, activation) as Tensor2D;
      const gradients = affineGradients(dBefore, x, weight);
      return wanted.map((name) => gradients[name as keyof typeof gradients]());
    },
  },
});

/** x weight + bias over the last dimension: (..., C) to (..., M). */
export function linear<T extends Tensor>(x: T, layer: Linear): T {
  return linearActivation(x, layer, 'none');
}

/** activation(x weight + bias) over the last dimension: (..., C) to (..., M). */
export function linearActivation<T extends Tensor>(x: T, { weight, bias }: Linear, activation: Activation): T {
  return tidy(() => {
    const [y] = linearActivationOp.run({ x: toRows(x), weight, bias }, { activation });
    return fromRows(y as Tensor2D, x);
  });
}

/** The op behind {@link linearResidual}. */
export const linearResidualOp = defineOp<
  { x: Tensor2D; weight: Tensor2D; residual: Tensor2D; bias?: Tensor1D },
  { dropout?: Dropout }
>({
  name: 'LinearResidual',
  outputs: 1,
  saves: ['x', 'weight'],
  differentiable: ['x', 'weight', 'residual', 'bias'],
  composed: {
    forward: ({ x, weight, bias, residual }, { dropout }) => [add(drop(affine(x, weight, bias), dropout), residual)],
    gradient([dy], { x, weight }, _notes, { dropout }, wanted) {
      const gradients = {
        ...affineGradients(drop(dy as Tensor2D, dropout), x, weight),
        residual: () => dy.clone(),
      };
      return wanted.map((name) => gradients[name as keyof typeof gradients]());
    },
  },
});

/** residual + dropout(x weight + bias): x (..., C), residual (..., M). */
export function linearResidual<T extends Tensor>(x: T, { weight, bias }: Linear, residual: T, dropout?: Dropout): T {
  return tidy(() => {
    const [y] = linearResidualOp.run({ x: toRows(x), weight, bias, residual: toRows(residual) }, { dropout });
    return fromRows(y as Tensor2D, residual);
  });
}
