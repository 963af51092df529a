import * as tf from '@tensorflow/tfjs-core';
import { describeKernels, EXTREMES, floats, wholes, type Case } from './tfjs.fixture.js';

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const extremes = () => tf.tensor(EXTREMES);
const pairs = (): [tf.Tensor, tf.Tensor] => [tf.expandDims(extremes(), 1), extremes()];
const truth = (shape: readonly number[], seed: number) => tf.greater(floats(shape, seed), 0);

const floatKernels = {
  binary_add: tf.add,
  binary_subtract: tf.sub,
  binary_multiply: tf.mul,
  binary_divide: tf.div,
  binary_maximum: tf.maximum,
  binary_minimum: tf.minimum,
  binary_squared_difference: tf.squaredDifference,
  binary_prelu: tf.prelu,
} as const satisfies Record<string, Binary>;

const comparisons = {
  compare_less: [tf.less, tf.greater],
  compare_less_equal: [tf.lessEqual, tf.greaterEqual],
  compare_equal: [tf.equal],
  compare_not_equal: [tf.notEqual],
} as const;

const shapes: [number[], number[]][] = [
  [[7], [7]],
  [[], []],
  [[1], [1, 1]],
  [[], [5]],
  [[3, 1], []],
  [[4], [1, 1, 1]],
  [[3, 5], [5]],
  [
    [3, 1],
    [3, 5],
  ],
  [
    [3, 1],
    [1, 5],
  ],
  [
    [2, 1, 3, 1, 5],
    [1, 4, 3, 2, 1],
  ],
  [
    [2, 3, 1, 2, 1, 3],
    [2, 1, 2, 1],
  ],
  [[0, 3], [3]],
  [
    [1, 3],
    [0, 3],
  ],
  [[40_001], [40_001]],
  [[70_000], []],
  [
    [129, 517],
    [129, 1],
  ],
  [[129, 517], [517]],
];

const everyShape = (f: Binary) => () => shapes.map(([a, b]) => f(floats(a), floats(b, 50)));
const arithmetic = Object.entries(floatKernels).flatMap(([kernel, f]): [string, Case][] => {
  const kernels = [kernel as keyof typeof floatKernels];
  return [
    [`${kernel}, all shapes`, { kernels, compute: everyShape(f) }],
    [`${kernel}, the ends of float32`, { kernels, compute: () => f(...pairs()) }],
  ];
});

const ints = (f: Binary) => () => [
  f(wholes([33, 7], 9), wholes([7], 4, 3)),
  f(tf.tensor1d([2147483647, -2147483648, 65_537, 94_906_267], 'int32'), tf.tensor([65_537, 3], [2, 1], 'int32')),
];

const compared = Object.entries(comparisons).flatMap(([kernel, functions]): [string, Case][] => {
  const float = kernel as keyof typeof comparisons;
  return functions.map((f: Binary) => [
    `${kernel}: ${f.name}`,
    {
      kernels: [float, `${float}_int`],
      compute: () => [everyShape(f)(), f(...pairs()), ints(f)()],
    },
  ]);
});

describeKernels('binary kernels', {
  ...Object.fromEntries(arithmetic),
  ...Object.fromEntries(compared),
  'the gradient of elu': {
    kernels: ['unary_elu', 'binary_elu_gradient'],
    compute: () => tf.grad((x) => tf.elu(x))(floats([33, 5]), floats([33, 5], 7)),
  },
  'whole numbers': {
    kernels: [
      'binary_add_int',
      'binary_subtract_int',
      'binary_multiply_int',
      'binary_maximum_int',
      'binary_minimum_int',
    ],
    compute: () => ([tf.add, tf.sub, tf.mul, tf.maximum, tf.minimum] as Binary[]).map((f) => ints(f)()),
  },
  logic: {
    kernels: ['compare_less', 'logical_and', 'logical_or', 'logical_not'],
    compute: () => [
      tf.logicalAnd(truth([5, 1, 7], 1), truth([3, 1], 9)),
      tf.logicalOr(truth([20_000], 1), truth([20_000], 9)),
      tf.logicalNot(truth([20_000], 1)),
    ],
  },
  'sums of many tensors': {
    kernels: ['binary_add', 'binary_add_int'],
    compute: () => [
      tf.addN([floats([5, 3]), floats([5, 3], 2), floats([5, 3], 3)]),
      tf.addN([floats([20_001]), floats([20_001], 2)]),
      tf.addN([wholes([4]), wholes([4], 7)]),
    ],
  },
  'the choice between two': {
    kernels: ['compare_less', 'copy_words', 'select_words'],
    compute: () => [
      tf.where(truth([20_001], 1), floats([20_001]), floats([20_001], 5)),
      tf.where(truth([7], 1), wholes([7]), wholes([7], 9, 4)),
      tf.where(truth([3, 5], 1), extremesOf([3, 5]), tf.scalar(-Infinity)),
      tf.where(truth([0, 5], 1), floats([0, 5]), floats([0, 5])),
    ],
  },
  "other types and more dimensions than ours are tfjs's": {
    kernels: [],
    compute: () => [
      tf.div(wholes([5]), wholes([5], 3, 1)),
      tf.real(tf.add(tf.complex([1, 2], [3, 4]), tf.complex([5, 6], [7, 8]))),
      tf.where(
        tf.tensor1d([true, false], 'bool'),
        tf.tensor1d([true, true], 'bool'),
        tf.tensor1d([false, false], 'bool'),
      ),
      tf.equal(tf.tensor1d([true, false], 'bool'), tf.tensor1d([true, true], 'bool')),
    ],
  },
});

function extremesOf(shape: [number, number]): tf.Tensor {
  return tf.tensor(
    Array.from({ length: shape[0] * shape[1] }, (_, i) => EXTREMES[i % EXTREMES.length]),
    shape,
  );
}
