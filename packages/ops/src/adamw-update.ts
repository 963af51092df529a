import {
  add,
  cast,
  div,
  isFinite as isFiniteTensor,
  mul,
  scalar,
  sqrt,
  square,
  sub,
  where,
  zerosLike,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { defineListOp, listOf, numbered, type OpInputs } from './kernel.js';

/** The numbers of one AdamW update. */
export interface AdamwAttributes {
  /** From 1; for the bias correction. */
  readonly step: number;
  readonly learningRate: number;
  readonly betas: readonly [first: number, second: number];
  readonly epsilon: number;
  /** Decoupled weight decay of each parameter, in the order of the parameters. */
  readonly weightDecays: readonly number[];
}

/** Trees of equal order: parameters and moments are changed in place, gradients only read. */
export interface AdamwTensors {
  readonly params: readonly Variable[];
  readonly grads: readonly Tensor[];
  readonly firstMoments: readonly Variable[];
  readonly secondMoments: readonly Variable[];
}

/** What multiplies the gradients, and the norm that says whether they are finite. */
export interface AdamwScalars {
  readonly scale: Scalar;
  readonly norm: Scalar;
}

/** Scalars on the device, so that a gradient that is not finite changes nothing and nobody needs to read it first. */
function factors({ scale, norm }: AdamwScalars, { step, learningRate, betas, epsilon }: AdamwAttributes) {
  const finite = isFiniteTensor(norm);
  const flag = cast(finite, 'float32');
  const [gainFirst, gainSecond] = betas.map((beta) => mul(flag, 1 - beta));
  const rootCorrection = Math.sqrt(1 - betas[1] ** step);
  return {
    scale: where(finite, scale, zerosLike(scale)),
    gainFirst,
    gainSecond,
    keepFirst: sub(1, gainFirst),
    keepSecond: sub(1, gainSecond),
    // m / c1 / (sqrt(v) / sqrt(c2) + epsilon) = m (sqrt(c2) / c1) / (sqrt(v) + epsilon sqrt(c2))
    rate: mul(flag, (learningRate * rootCorrection) / (1 - betas[0] ** step)),
    floor: scalar(epsilon * rootCorrection),
    decay: (weightDecay: number) => sub(1, mul(flag, learningRate * weightDecay)),
  };
}

/** The op behind {@link adamwUpdate}. */
export const adamwUpdateOp = defineListOp<OpInputs, AdamwAttributes>('AdamwUpdate', (inputs, attributes) => {
  const f = factors(inputs as unknown as AdamwScalars, attributes);
  const grads = listOf('grad', inputs);
  const firstMoments = listOf<Variable>('first', inputs);
  const secondMoments = listOf<Variable>('second', inputs);
  listOf<Variable>('param', inputs).forEach((param, i) => {
    const finiteGrad = where(isFiniteTensor(grads[i]), grads[i], zerosLike(grads[i]));
    const grad = mul(finiteGrad, f.scale);
    const first = add(mul(firstMoments[i], f.keepFirst), mul(grad, f.gainFirst));
    const second = add(mul(secondMoments[i], f.keepSecond), mul(square(grad), f.gainSecond));
    const change = div(mul(first, f.rate), add(sqrt(second), f.floor));
    const weightDecay = attributes.weightDecays[i];
    const kept = weightDecay === 0 ? param : mul(param, f.decay(weightDecay));
    param.assign(sub(kept, change));
    firstMoments[i].assign(first);
    secondMoments[i].assign(second);
  });
  return [];
});

/**
 * One AdamW update of a whole tree, in place:
 * m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
 * p = p (1 - lr decay) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon).
 * Where `norm` is not finite, everything stays as it was, but that a -0 may become 0.
 *
 * @see Loshchilov and Hutter, https://arxiv.org/abs/1711.05101
 */
export function adamwUpdate(tensors: AdamwTensors, { scale, norm }: AdamwScalars, attributes: AdamwAttributes): void {
  const inputs = numbered<Tensor>('param', tensors.params, { scale, norm });
  numbered('grad', tensors.grads, inputs);
  numbered<Tensor>('first', tensors.firstMoments, inputs);
  numbered<Tensor>('second', tensors.secondMoments, inputs);
  adamwUpdateOp.run(inputs, attributes);
}
