import { add, mean, mul, rsqrt, square, sub, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { defineOp } from './op.js';
import { fromRows, toRows } from './rows.js';
import { sumRows } from './sum-rows.js';

/** `layer` subtracts the mean and divides by the standard deviation; `rms` divides by the root mean square. */
export type NormKind = 'layer' | 'rms';

/** Added to the variance, or to the mean square, before the root. */
export interface NormOptions {
  readonly epsilon?: number;
}

/** PyTorch's and GPT-2's. */
export const DEFAULT_EPSILON = 1e-5;

/** The composed form without gain and shift: (N, C) rows of unit variance, and 1 / deviation (N, 1). */
export function normalizeRows(x: Tensor2D, kind: NormKind, epsilon: number): [normal: Tensor2D, inverse: Tensor2D] {
  const centered = kind === 'layer' ? sub(x, mean(x, 1, true)) : x;
  const inverse = rsqrt(add(mean(square(centered), 1, true), epsilon)) as Tensor2D;
  return [mul(centered, inverse), inverse];
}

/**
 * The gradient of {@link normalizeRows} for the input.
 * With n the normalized rows: dx = inverse (dn - mean(dn) - n mean(dn n)); for rms without the mean(dn).
 */
export function normalizeRowsGradient(dn: Tensor2D, normal: Tensor2D, inverse: Tensor2D, kind: NormKind): Tensor2D {
  const along = mul(normal, mean(mul(dn, normal), 1, true));
  const centered = kind === 'layer' ? sub(dn, mean(dn, 1, true)) : dn;
  return mul(sub(centered, along), inverse);
}

/** The op behind {@link layerNorm} and {@link rmsNorm}. */
export const normOp = defineOp<{ x: Tensor; gain: Tensor1D; shift?: Tensor1D }, { kind: NormKind; epsilon: number }>({
  name: 'Norm',
  outputs: 1,
  saves: ['x', 'gain'],
  differentiable: ['x', 'gain', 'shift'],
  composed: {
    forward({ x, gain, shift }, { kind, epsilon }) {
      const [normal, inverse] = normalizeRows(toRows(x), kind, epsilon);
      const scaled: Tensor2D = mul(normal, gain);
      return [fromRows(shift ? add(scaled, shift) : scaled, x), normal, inverse];
    },
    gradient([dy], { x, gain }, notes, { kind }, wanted) {
      const [normal, inverse] = notes as Tensor2D[];
      const rows = toRows(dy);
      const gradients = {
        x: () => fromRows(normalizeRowsGradient(mul(rows, gain), normal, inverse, kind), x),
        gain: () => sumRows(mul(rows, normal)),
        shift: () => sumRows(rows),
      };
      return wanted.map((name) => gradients[name as keyof typeof gradients]());
    },
  },
});

/**
 * Layer normalization over the last dimension: (x - mean) / sqrt(variance + epsilon) * gain + shift.
 *
 * @param x (..., C). @param gain (C). @param shift (C).
 * @see Ba, Kiros and Hinton, https://arxiv.org/abs/1607.06450
 */
export function layerNorm<T extends Tensor>(x: T, gain: Tensor1D, shift: Tensor1D, options: NormOptions = {}): T {
  const attributes = { kind: 'layer', epsilon: options.epsilon ?? DEFAULT_EPSILON } as const;
  return normOp.run({ x, gain, shift }, attributes)[0] as T;
}

/**
 * Root mean square normalization over the last dimension: x / sqrt(mean(x^2) + epsilon) * gain.
 *
 * @param x (..., C). @param gain (C).
 * @see Zhang and Sennrich, https://arxiv.org/abs/1910.07467
 */
export function rmsNorm<T extends Tensor>(x: T, gain: Tensor1D, options: NormOptions = {}): T {
  const attributes = { kind: 'rms', epsilon: options.epsilon ?? DEFAULT_EPSILON } as const;
  return normOp.run({ x, gain }, attributes)[0] as T;
}
