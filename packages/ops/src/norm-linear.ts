import { add, mul, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { activate, activateGradient, type Activation } from './activation.js';
import { affine, affineGradients, type Linear } from './linear.js';
import { DEFAULT_EPSILON, normalizeRows, normalizeRowsGradient, type NormKind, type NormOptions } from './normalize.js';
import { defineOp } from './op.js';
import { fromRows, toRows } from './rows.js';
import { sumRows } from './sum-rows.js';

/** Gain (C) and, for a layer norm, shift (C). Without a shift it is a root mean square norm. */
export interface Norm {
  readonly gain: Tensor1D;
  readonly shift?: Tensor1D;
}

/** The op behind {@link normLinear}. Its notes: normalized rows, 1 / deviation, and the input of the activation. */
export const normLinearOp = defineOp<
  { x: Tensor; gain: Tensor1D; weight: Tensor2D; shift?: Tensor1D; bias?: Tensor1D },
  { kind: NormKind; epsilon: number; activation: Activation }
>({
  name: 'NormLinear',
  outputs: 1,
  saves: ['x', 'gain', 'weight'],
  differentiable: ['x', 'gain', 'shift', 'weight', 'bias'],
  composed: {
    forward({ x, gain, shift, weight, bias }, { kind, epsilon, activation }) {
      const [normal, inverse] = normalizeRows(toRows(x), kind, epsilon);
      const scaled = shift ? add(mul(normal, gain), shift) : mul(normal, gain);
      const before = affine(scaled as Tensor2D, weight, bias);
      const notes = [scaled, normal, inverse];
      if (activation === 'none') return [fromRows(before, x), ...notes];
      return [fromRows(activate(before, activation), x), ...notes, before];
    },
    gradient([dy], { x, gain, weight }, [scaled, normal, inverse, before], { kind, activation }, wanted) {
      const dBefore = activateGradient(toRows(dy), before as Tensor2D, activation);
      const inner = affineGradients(dBefore, scaled, weight);
      const dScaled = inner.x() as Tensor2D;
      const gradients = {
        ...inner,
        x: () => fromRows(normalizeRowsGradient(mul(dScaled, gain), normal as Tensor2D, inverse as Tensor2D, kind), x),
        gain: () => sumRows(mul(dScaled, normal) as Tensor2D),
        shift: () => sumRows(dScaled),
      };
      return wanted.map((name) => gradients[name as keyof typeof gradients]());
    },
  },
});

/** activation(norm(x) weight + bias) over the last dimension: (..., C) to (..., M). */
export function normLinear<T extends Tensor>(
  x: T,
  { gain, shift }: Norm,
  { weight, bias }: Linear,
  options: NormOptions & { readonly activation?: Activation } = {},
): T {
  const { epsilon = DEFAULT_EPSILON, activation = 'none' } = options;
  const attributes = { kind: shift ? ('layer' as const) : ('rms' as const), epsilon, activation };
  return normLinearOp.run({ x, gain, shift, weight, bias }, attributes)[0] as T;
}
