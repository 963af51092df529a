import { add, fused, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
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

/** The composed gradients of {@link affine} over the rows of x, each made when asked for. */
export function affineGradients(dy: Tensor, x: Tensor, weight: Tensor2D) {
  const rows = toRows(dy);
  return {
    x: () => fromRows(product(rows, weight, false, true), x),
    weight: () => product(toRows(x), rows, true, false),
    bias: () => sumRows(rows),
  };
}

/** The op behind {@link linear} and {@link linearActivation}. Its note is the input of the activation. */
export const linearActivationOp = defineOp<
  { x: Tensor; weight: Tensor2D; bias?: Tensor1D },
  { activation: Activation }
>({
  name: 'LinearActivation',
  outputs: 1,
  saves: ['x', 'weight'],
  differentiable: ['x', 'weight', 'bias'],
  composed: {
    forward({ x, weight, bias }, { activation }) {
      const before = fromRows(affine(toRows(x), weight, bias), x);
      return activation === 'none' ? [before] : [activate(before, activation), before];
    },
    gradient([dy], { x, weight }, [before], { activation }, wanted) {
      const gradients = affineGradients(activateGradient(dy, before, activation), x, weight);
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
  return linearActivationOp.run({ x, weight, bias }, { activation })[0] as T;
}

/** The op behind {@link linearResidual}. */
export const linearResidualOp = defineOp<
  { x: Tensor; weight: Tensor2D; residual: Tensor; bias?: Tensor1D },
  { dropout?: Dropout }
>({
  name: 'LinearResidual',
  outputs: 1,
  saves: ['x', 'weight'],
  differentiable: ['x', 'weight', 'residual', 'bias'],
  composed: {
    forward({ x, weight, bias, residual }, { dropout }) {
      const y = fromRows(affine(toRows(x), weight, bias), residual);
      return [add(drop(y, dropout), residual)];
    },
    gradient([dy], { x, weight }, _notes, { dropout }, wanted) {
      const gradients = {
        ...affineGradients(drop(dy, dropout), x, weight),
        residual: () => dy.clone(),
      };
      return wanted.map((name) => gradients[name as keyof typeof gradients]());
    },
  },
});

/** residual + dropout(x weight + bias): x (..., C), residual (..., M). */
export function linearResidual<T extends Tensor>(x: T, { weight, bias }: Linear, residual: T, dropout?: Dropout): T {
  return linearResidualOp.run({ x, weight, bias, residual }, { dropout })[0] as T;
}
