import { add, div, matMul, maximum, mul, sqrt, square, sum, tidy, type Tensor2D } from '@tensorflow/tfjs-core';

// The polynomial a x + b x^3 + c x^5 that rises steepest at 0 and keeps what is near 1 between 0.7 and 1.2.
const [A, B, C] = [3.4445, -4.775, 2.0315];
const LEAST_NORM = 1e-7;

/** One application of the polynomial to the singular values of a matrix. */
function iterate(x: Tensor2D): Tensor2D {
  const [rows, columns] = x.shape;
  // The Gram matrix of the shorter side: (X X^T) X and X (X^T X) are the same.
  const tall = rows > columns;
  const gram = matMul(x, x, tall, !tall);
  const polynomial = add(mul(gram, B), mul(matMul(gram, gram), C)) as Tensor2D;
  return add(mul(x, A), tall ? matMul(x, polynomial) : matMul(polynomial, x));
}

/**
 * The orthogonal matrix nearest to a matrix, roughly: its singular values all come near 1 by Newton-Schulz iterations,
 * which are nothing but products. The caller disposes it.
 *
 * @param matrix (rows, columns)
 * @see Jordan, https://kellerjordan.github.io/posts/muon/
 */
export function orthogonalize(matrix: Tensor2D, iterations = 5): Tensor2D {
  return tidy(() => {
    let x: Tensor2D = div(matrix, maximum(sqrt(sum(square(matrix))), LEAST_NORM));
    for (let i = 0; i < iterations; i += 1) x = tidy(() => iterate(x));
    return x;
  });
}
