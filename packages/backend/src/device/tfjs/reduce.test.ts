import * as tf from '@tensorflow/tfjs-core';
import { fill } from '@tensorflow/tfjs-core';
import type { KernelName } from '../kernel-names.js';
import { describeKernels, EXTREMES, floats, wholes, type Case } from './tfjs.fixture.js';

const shapes: [number[], number[] | undefined][] = [
  [[], undefined],
  [[1], [0]],
  [[7], [0]],
  [[5, 7], [1]],
  [[5, 7], [0]],
  [[3, 1, 4], [1]],
  [
    [2, 3, 4, 5],
    [1, 3],
  ],
  [
    [2, 3, 4, 5],
    [0, 2],
  ],
  [
    [3, 2, 5, 2, 3],
    [0, 2, 4],
  ],
  [
    [2, 3, 2, 3, 2, 3],
    [1, -2],
  ],
  [[3, 700], [-1]],
  [[700, 3], [0]],
  [[301, 519], [0]],
  [[5, 77, 300], [1]],
  [[100_003], [0]],
  [[2, 50_001], [1]],
  [[30_001, 5], [0]],
  [[40, 2000, 2], [1]],
];

type Reduce = (x: tf.Tensor, axes?: number[], keepDims?: boolean) => tf.Tensor;

const reduced = (f: Reduce) => () => [
  shapes.map(([shape, axes], i) => f(floats(shape, i), axes)),
  f(floats([3, 4, 5]), [0, 2], true),
  f(floats([3, 4, 5]), undefined, true),
];

const kernels = (reduction: 'sum' | 'largest' | 'smallest') =>
  [`${reduction}_rows`, `${reduction}_columns`, 'copy_words'] as const satisfies KernelName[];

// In rows and in columns, each value of EXTREMES with each other, and in the tail of a vector.
const extremes = (f: Reduce) => () => {
  const pairs = EXTREMES.flatMap((a) => EXTREMES.flatMap((b) => [a, b]));
  const count = EXTREMES.length ** 2;
  const table = tf.tensor(pairs, [count, 2]);
  return [
    f(table, [1]),
    f(tf.transpose(table), [0]),
    EXTREMES.slice(0, 3).map((value, i) => f(tf.concat([floats([17 + i]), tf.tensor([value])]), [0])),
    EXTREMES.slice(0, 3).map((value) => f(tf.concat([tf.tensor([value]), floats([40])]), [0])),
  ];
};

/** +0 for -0: tfjs-backend-cpu takes the first of them, ours the larger and the smaller. */
const oneZero = (x: tf.Tensor) => tf.add(x, 0);

const places = (): Case => ({
  kernels: ['arg_max_rows', 'arg_max_columns', 'copy_words', 'cast_int_to_float'],
  compute: () => {
    const pairs = EXTREMES.flatMap((a) => EXTREMES.flatMap((b) => [a, b, a]));
    const table = tf.tensor(pairs, [EXTREMES.length ** 2, 3]);
    const behindLargest = tf.buffer(
      [40],
      'float32',
      Float32Array.from({ length: 40 }, (_, i) => -i),
    );
    behindLargest.set(9, 3);
    behindLargest.set(Number.NaN, 19);
    return [
      [tf.argMax(behindLargest.toTensor())],
      [tf.argMax(table, 1), tf.argMax(tf.transpose(table), 0)],
      shapes.slice(1).flatMap(([shape], i) => [tf.argMax(floats(shape, i), 0), tf.argMax(floats(shape, i), -1)]),
      [tf.argMax(floats([4, 33, 300]), 1), tf.argMax(tf.cast(wholes([20_000, 3], 2), 'float32'), 0)],
    ];
  },
});

describeKernels(
  'reductions',
  {
    sum: { kernels: kernels('sum'), compute: reduced(tf.sum) },
    mean: { kernels: kernels('sum'), compute: reduced(tf.mean) },
    max: { kernels: kernels('largest'), compute: reduced(tf.max) },
    min: { kernels: kernels('smallest'), compute: reduced(tf.min) },
    'sum, the ends of float32': {
      kernels: kernels('sum'),
      compute: extremes(tf.sum),
    },
    'max, the ends of float32': {
      kernels: [...kernels('largest'), 'binary_add'],
      compute: extremes((x, axes) => oneZero(tf.max(x, axes))),
    },
    'min, the ends of float32': {
      kernels: [...kernels('smallest'), 'binary_add'],
      compute: extremes((x, axes) => oneZero(tf.min(x, axes))),
    },
    'sums of many values of one size are as exact as in double': {
      kernels: ['fill', 'sum_rows', 'sum_columns'],
      compute: () => [tf.sum(fill([1_000_003], 0.1)), tf.sum(fill([100_003, 3], 0.1), 0)],
    },
    'arg max': places(),
    moments: {
      kernels: ['sum_rows', 'sum_columns', 'binary_subtract', 'unary_square'],
      compute: () => [tf.moments(floats([33, 65]), 1), tf.moments(floats([33, 65]), [0])],
    },
    "whole numbers, truth values and what is empty are tfjs's": {
      // tf.sum makes whole numbers of truth values.
      kernels: ['cast_bool_to_int'],
      compute: () => [
        [
          tf.sum(wholes([5, 3]), 0),
          tf.max(wholes([5, 3]), 0),
          tf.mean(wholes([5, 3]), 1),
          tf.argMax(wholes([5, 3]), 0),
        ],
        [tf.sum(tf.tensor1d([true, true], 'bool')), tf.sum(floats([3, 0]), 1), tf.sum(floats([0, 3]), 1)],
      ],
    },
  },
  1e-5,
);
