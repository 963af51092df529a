import { addN, sqrt, square, sum, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { defineListOp, listOf, numbered, type OpInputs } from './kernel.js';

/** The op behind {@link globalNorm}. */
export const globalNormOp = defineListOp<OpInputs, object>('GlobalNorm', (inputs) => [
  sqrt(addN(listOf('x', inputs).map((x) => sum(square(x))))),
]);

/** sqrt of the sum of squares over all values of all tensors. The caller disposes it. */
export function globalNorm(tensors: readonly Tensor[]): Scalar {
  return globalNormOp.run(numbered('x', tensors), {})[0] as Scalar;
}
