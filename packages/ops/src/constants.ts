import type { Tensor } from '@tensorflow/tfjs-core';

let constants: ReadonlySet<Tensor> = new Set();

/** Computes while some tensors are constants: ops make no gradients for them, which tfjs would only throw away. */
export function withConstants<T>(tensors: readonly Tensor[], compute: () => T): T {
  const before = constants;
  constants = new Set(tensors);
  try {
    return compute();
  } finally {
    constants = before;
  }
}

/** Whether {@link withConstants} has a tensor among its constants. */
export const isConstant = (tensor: Tensor): boolean => constants.has(tensor);
