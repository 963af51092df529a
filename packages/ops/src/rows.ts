import { reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';

/** A tensor (..., C) as its rows (N, C). */
export function toRows(x: Tensor): Tensor2D {
  return x.rank === 2 ? (x as Tensor2D) : reshape(x, [-1, x.shape[x.rank - 1]]);
}

/** Rows (N, M) with the leading dimensions of `like` (..., C) again: (..., M). */
export function fromRows<T extends Tensor>(rows: Tensor2D, like: T): T {
  return like.rank === 2 ? (rows as Tensor as T) : (reshape(rows, [...like.shape.slice(0, -1), rows.shape[1]]) as T);
}
