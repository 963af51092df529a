import * as tf from '@tensorflow/tfjs-core';
import { describeKernels, floats, wholes } from './tfjs.fixture.js';

const truth = (shape: readonly number[]) => tf.greater(floats(shape), 0);

/** A tensor of each type. */
const each = (shape: readonly number[], f: (x: tf.Tensor) => tf.TensorContainer) =>
  [floats(shape), wholes(shape), truth(shape)].map(f);

function permutations(rank: number): number[][] {
  if (rank === 0) return [[]];
  return permutations(rank - 1).flatMap((rest) =>
    Array.from({ length: rank }, (_, at) => [...rest.slice(0, at), rank - 1, ...rest.slice(at)]),
  );
}

const OF_TRUTH = 'compare_less';

describeKernels('movements of values', {
  'transpose, all permutations of five dimensions': {
    kernels: ['copy_words', 'transpose_words'],
    compute: () => permutations(5).map((perm) => tf.transpose(floats([2, 9, 3, 10, 4]), perm)),
  },
  'transpose, six dimensions and fewer': {
    kernels: ['copy_words', 'copy_bytes', 'transpose_words', OF_TRUTH],
    compute: () => [
      each([2, 3, 1, 2, 3, 2], (x) => [tf.transpose(x), tf.transpose(x, [1, 0, 3, 2, 5, 4])]),
      each([9, 11], (x) => tf.transpose(x)),
      each([3], (x) => tf.transpose(x)),
      each([0, 3], (x) => tf.transpose(x)),
      tf.transpose(floats([1, 1, 1])),
    ],
  },
  'transpose, large': {
    kernels: ['copy_words', 'transpose_words'],
    compute: () => [
      tf.transpose(floats([257, 130])),
      tf.transpose(floats([3, 70, 5, 66]), [0, 2, 3, 1]),
      tf.transpose(floats([2, 64, 4, 32]), [0, 2, 1, 3]),
      tf.transpose(wholes([8, 1031])),
    ],
  },
  slice: {
    kernels: ['copy_words', 'copy_bytes', OF_TRUTH],
    compute: () => [
      each([5, 4, 7], (x) => [tf.slice(x, [1, 0, 2], [3, 4, 4]), tf.slice(x, [2], [2]), tf.slice(x, [0, 3, 6])]),
      each([3], (x) => [tf.slice(x, [3], [0]), tf.slice(x, [2], [1]), tf.slice(x, [0], [-1])]),
      tf.slice(floats([2, 3, 2, 3, 2, 3]), [1, 1, 0, 1, 0, 1], [1, 2, 2, 2, 1, 2]),
      tf.slice(floats([50_000]), [3], [40_001]),
    ],
  },
  pad: {
    kernels: ['copy_words', 'copy_bytes', 'fill', OF_TRUTH],
    compute: () => [
      each([3, 2, 4], (x) => tf.pad(x, [[1, 2], [0, 0], [0, 3]], 1)), // prettier-ignore
      tf.pad(floats([129, 130]), [[3, 0], [1, 1]], -Infinity), // prettier-ignore
      tf.pad(floats([0, 2]), [[1, 1], [1, 0]], NaN), // prettier-ignore
    ],
  },
  'tile and broadcastTo': {
    kernels: ['copy_words', 'copy_bytes', OF_TRUTH],
    compute: () => [
      each([3, 2, 4], (x) => [tf.tile(x, [2, 1, 3]), tf.tile(x, [1, 3, 1]), tf.tile(x, [2, 2, 2])]),
      each([3, 1], (x) => tf.broadcastTo(x, [4, 3, 5])),
      each([], (x) => tf.broadcastTo(x, [20_001])),
      tf.tile(floats([2, 2]), [0, 3]),
    ],
  },
  reverse: {
    kernels: ['copy_words', 'copy_bytes', OF_TRUTH],
    compute: () => [
      each([3, 2, 4], (x) => [tf.reverse(x), tf.reverse(x, 1), tf.reverse(x, [0, 2])]),
      tf.reverse(floats([20_003])),
      tf.reverse(floats([9, 10]), 0),
    ],
  },
  'concat, all axes': {
    kernels: ['copy_words', 'copy_bytes', OF_TRUTH],
    compute: () => [
      [0, 1, 2].map((axis) => each([3, 2, 4], (x) => tf.concat([x, x, tf.reverse(x)], axis))),
      tf.concat([floats([2, 3]), floats([0, 3]), floats([5, 3])], 0),
      tf.concat([floats([20_001]), floats([7])]),
      tf.concat([floats([300, 70]), floats([300, 33])], 1),
    ],
  },
  'stack, unstack and split': {
    kernels: ['copy_words', 'copy_bytes', OF_TRUTH],
    compute: () => [
      [0, 1, 2].map((axis) => each([3, 4], (x) => tf.stack([x, tf.reverse(x)], axis))),
      [0, 1, 2].map((axis) => each([3, 2, 4], (x) => tf.unstack(x, axis))),
      each([3, 6], (x) => [tf.split(x, 3, 1), tf.split(x, [1, 3, 2], 1), tf.split(x, 3, 0)]),
    ],
  },
  'what is shared and not copied, and what has no place here': {
    kernels: [],
    compute: () => [
      tf.concat([floats([2, 3]), floats([0, 3])], 0),
      tf.stack([floats([2, 3])], 1),
      tf.real(tf.reshape(tf.complex([1, 2], [3, 4]), [2, 1])),
      tf.concat([floats([0, 2]), floats([0, 2])], 1),
      tf.tile(floats([2, 2, 2, 2, 2, 2]), [2, 2, 2, 2, 2, 2]),
    ],
  },
  'gradients of movements': {
    kernels: ['copy_words', 'transpose_words', 'fill', 'binary_multiply', 'sum_columns', 'binary_add'],
    compute: () => [
      tf.grad((x) => tf.transpose(x))(floats([9, 12]), floats([12, 9], 3)),
      tf.grad((x) => tf.slice(x, [1, 2], [3, 4]))(floats([5, 7]), floats([3, 4], 3)),
      tf.grad((x) => tf.concat([x, tf.mul(x, 2)], 1))(floats([5, 7]), floats([5, 14], 3)),
      tf.grad((x) => tf.tile(x, [3, 2]))(floats([5, 7]), floats([15, 14], 3)),
      tf.grad((x) => tf.add(tf.sum(x, 0), 0))(floats([5, 7]), floats([7], 3)),
    ],
  },
});
