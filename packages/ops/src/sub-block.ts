import { add, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Activation } from './activation.js';
import type { Dropout } from './dropout.js';
import { linearResidualOp, type Linear } from './linear.js';
import { normLinearOp, type Norm } from './norm-linear.js';
import { DEFAULT_EPSILON, type NormKind } from './normalize.js';

/** The layers of half a pre-norm transformer block: x + dropout(output(f(input(norm(x))))). */
export interface SubBlockLayers {
  readonly norm: Norm;
  readonly input: Linear;
  readonly output: Linear;
}

/** Numbers that both halves take. */
export interface SubBlockOptions {
  readonly epsilon?: number;
  /** On what is added to x. */
  readonly dropout?: Dropout;
}

/** The tensors of a half, by the names of its op's inputs. */
export type SubBlockInputs = {
  x: Tensor3D;
  gain: Tensor1D;
  shift?: Tensor1D;
  inputWeight: Tensor2D;
  inputBias?: Tensor1D;
  outputWeight: Tensor2D;
  outputBias?: Tensor1D;
};

export interface SubBlockAttributes {
  readonly kind: NormKind;
  readonly epsilon: number;
  readonly dropout?: Dropout;
}

/** What the ops of both halves are defined by besides name and forms. */
export const subBlock = {
  outputs: 1,
  saves: ['x', 'gain', 'inputWeight', 'outputWeight'],
  differentiable: ['x', 'gain', 'shift', 'inputWeight', 'inputBias', 'outputWeight', 'outputBias'],
} as const;

export function inputsOf(x: Tensor3D, { norm, input, output }: SubBlockLayers): SubBlockInputs {
  const { gain, shift } = norm;
  const [inputWeight, inputBias] = [input.weight, input.bias];
  return { x, gain, shift, inputWeight, inputBias, outputWeight: output.weight, outputBias: output.bias };
}

export function attributesOf(
  { norm }: SubBlockLayers,
  { epsilon = DEFAULT_EPSILON, dropout }: SubBlockOptions,
): SubBlockAttributes {
  return { kind: norm.shift ? 'layer' : 'rms', epsilon, dropout };
}

type Entering = SubBlockAttributes & { readonly activation: Activation };

/** The composed form of activation(input(norm(x))), and its notes. */
export function enter({ x, gain, shift, inputWeight, inputBias }: SubBlockInputs, attributes: Entering): Tensor[] {
  const inputs = { x, gain, shift, weight: inputWeight, bias: inputBias };
  return normLinearOp.composed.forward(inputs, attributes) as Tensor[];
}

/** The composed form of x + dropout(output(y)). */
export function leave(
  y: Tensor,
  { x, outputWeight, outputBias }: SubBlockInputs,
  { dropout }: SubBlockAttributes,
): Tensor {
  const inputs = { x: y, weight: outputWeight, bias: outputBias, residual: x };
  return linearResidualOp.composed.forward(inputs, { dropout })[0] as Tensor;
}

/** The gradients of {@link leave}, that of y and those of its layer. */
export function leaveGradients(
  dy: Tensor,
  y: Tensor,
  { x, outputWeight: weight }: SubBlockInputs,
  { dropout }: SubBlockAttributes,
) {
  const saved = { x: y, weight, residual: x };
  const made = linearResidualOp.composed.gradient([dy], saved, [], { dropout }, ['x', 'weight', 'bias']);
  const [dInner, outputWeight, outputBias] = made as Tensor[];
  return { dInner, ofOutput: { outputWeight, outputBias } };
}

/** The gradients of {@link enter}; dy, which went past it, is part of that of x. */
export function enterGradients(
  dInner: Tensor,
  dy: Tensor,
  { x, gain, inputWeight: weight }: SubBlockInputs,
  notes: Tensor[],
  attributes: Entering,
) {
  const names = ['x', 'gain', 'shift', 'weight', 'bias'];
  const made = normLinearOp.composed.gradient([dInner], { x, gain, weight }, notes, attributes, names);
  const [dx, dGain, shift, inputWeight, inputBias] = made as Tensor[];
  return { x: add(dx, dy), gain: dGain, shift, inputWeight, inputBias };
}
