import * as tf from '@tensorflow/tfjs-core';
import { describeKernels, floats, wholes } from './tfjs.fixture.js';

const BOTH = [false, true];
const GEMM = ['gemm', 'gemm_pack'] as const;

const shaped = (batch: readonly number[], rows: number, columns: number, transposed: boolean, seed: number) =>
  floats([...batch, ...(transposed ? [columns, rows] : [rows, columns])], seed);

const allTransposes = (
  [aBatch, bBatch]: readonly [readonly number[], readonly number[]],
  [m, k, n]: readonly [number, number, number],
) =>
  BOTH.flatMap((transposeA) =>
    BOTH.map((transposeB) =>
      tf.matMul(shaped(aBatch, m, k, transposeA, 1), shaped(bBatch, k, n, transposeB, 5), transposeA, transposeB),
    ),
  );

const fused = (activation?: tf.fused.Activation, bias?: tf.Tensor) =>
  tf.fused.matMul({
    a: floats([2, 5, 7]),
    b: floats([2, 7, 9], 3),
    bias,
    activation,
    preluActivationWeights: activation === 'prelu' ? tf.scalar(0.25) : undefined,
  });

describeKernels(
  'products of matrices',
  {
    'all transposes': {
      kernels: GEMM,
      compute: () => [
        allTransposes([[], []], [1, 1, 1]),
        allTransposes([[], []], [5, 7, 3]),
        allTransposes([[], []], [65, 300, 70]),
        allTransposes([[3], [3]], [5, 7, 9]),
        allTransposes([[2, 3], [2, 3]], [5, 7, 9]), // prettier-ignore
      ],
    },
    'one matrix for all of a batch': {
      kernels: GEMM,
      compute: () => [
        allTransposes([[3], [1]], [5, 7, 9]),
        allTransposes([[1], [3]], [5, 7, 9]),
        allTransposes([[2, 3], []], [5, 7, 9]),
        allTransposes([[], [2, 3]], [5, 7, 9]),
      ],
    },
    'with bias and activation': {
      kernels: [...GEMM, 'unary_relu', 'unary_clip', 'unary_elu', 'pointwise_logistic'],
      compute: () => [
        fused('linear'),
        fused(undefined, floats([9])),
        (['linear', 'relu', 'relu6', 'elu', 'sigmoid'] as const).map((activation) => fused(activation, floats([9]))),
      ],
    },
    "other types, batches and activations are tfjs's": {
      kernels: [],
      compute: () =>
        [
          tf.matMul(floats([2, 0]), floats([0, 3])),
          tf.matMul(floats([0, 2]), floats([2, 3])),
          tf.matMul(wholes([3, 4]), wholes([4, 2])),
          fused('prelu', floats([9])),
          fused('relu', tf.scalar(0.5)),
        ].slice(0, 3),
    },
    gradients: {
      kernels: [...GEMM],
      compute: () =>
        BOTH.flatMap((transposeA) =>
          BOTH.map((transposeB) =>
            tf.grads((a, b) => tf.matMul(a, b, transposeA, transposeB))(
              [shaped([2], 5, 7, transposeA, 1), shaped([2], 7, 9, transposeB, 5)],
              floats([2, 5, 9], 9),
            ),
          ),
        ),
    },
    'a product of numbers that are none': {
      kernels: GEMM,
      compute: () => tf.matMul(tf.tensor2d([[NaN, 1], [Infinity, 2], [3, 4]]), floats([2, 5])), // prettier-ignore
    },
  },
  // Of sums of 300 terms, of 1 each.
  2e-5,
);
