import { matMul, ones, reshape, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * The sum of the rows (N, C): (C). As a product with ones: stock tfjs-backend-wasm transposes the whole matrix before
 * it sums over its first dimension, and takes several times as long.
 */
export function sumRows(rows: Tensor2D): Tensor1D {
  return reshape(matMul(ones([1, rows.shape[0]]), rows), [-1]);
}
