import * as tf from '@tensorflow/tfjs-core';
import type { KernelName } from '../kernel-names.js';
import { describeKernels, EXTREMES, floats, wholes, type Case } from './tfjs.fixture.js';

const exact: [KernelName, (x: tf.Tensor) => tf.Tensor][] = [
  ['unary_absolute', tf.abs],
  ['unary_negate', tf.neg],
  ['unary_square', tf.square],
  ['unary_root', tf.sqrt],
  ['unary_inverse_root', tf.rsqrt],
  ['unary_reciprocal', tf.reciprocal],
  ['unary_floor', tf.floor],
  ['unary_ceil', tf.ceil],
  ['unary_round', tf.round],
  ['unary_sign', tf.sign],
  ['unary_step', (x) => tf.step(x, 0.25)],
  ['unary_clip', (x) => tf.clipByValue(x, -0.5, 1.25)],
  ['unary_clip', tf.relu6],
  ['unary_relu', tf.relu],
  ['unary_leaky_relu', (x) => tf.leakyRelu(x, 0.3)],
  ['unary_elu', tf.elu],
  ['pointwise_exp', tf.exp],
  ['pointwise_log', tf.log],
  ['pointwise_tanh', tf.tanh],
  ['pointwise_erf', tf.erf],
  ['pointwise_logistic', tf.sigmoid],
];

const inputs = () => [
  tf.tensor(EXTREMES),
  floats([]),
  floats([1, 3, 1, 2]),
  floats([0, 2]),
  tf.mul(floats([20_003]), floats([20_003], 99)),
  tf.mul(floats([33]), 50),
  // Where floats end to have fractions.
  tf.mul(floats([99]), 2 ** 22),
];

const functions = exact.map(([kernel, f]): [string, Case] => [
  `${kernel}: ${f.name}`,
  { kernels: ['binary_multiply', kernel], compute: () => inputs().map(f) },
]);

const positive = () => tf.add(tf.abs(floats([65])), 0.1);
const halves = Array.from({ length: 33 }, (_, i) => (i - 16) / 2);

describeKernels('unary kernels', {
  ...Object.fromEntries(functions),
  powers: {
    kernels: ['unary_power'],
    compute: () => [
      halves.map((power) => tf.pow(tf.tensor(EXTREMES), power)),
      halves.map((power) => tf.pow(floats([37]), power)),
      tf.pow(floats([20_001]), 3),
      tf.pow(floats([3]), tf.tensor([[2]])),
      tf.pow(tf.scalar(3), 2),
    ],
  },
  "powers that are tfjs's": {
    kernels: [],
    compute: () => [
      tf.pow(floats([5]), 2.3),
      tf.pow(floats([5]), floats([5], 3)),
      tf.pow(wholes([5]), tf.scalar(2, 'int32')),
    ],
  },
  'gradients of roots': {
    kernels: [
      'unary_inverse_root',
      'unary_root',
      'unary_power',
      'binary_multiply',
      'binary_divide',
      'unary_negate',
      'unary_absolute',
      'binary_add',
    ],
    compute: () => [tf.rsqrt, tf.sqrt].map((root) => tf.grad((x) => root(x))(positive(), floats([65], 3))),
  },
  casts: {
    kernels: [
      'cast_float_to_int',
      'cast_float_to_bool',
      'cast_int_to_float',
      'cast_int_to_bool',
      'cast_bool_to_float',
      'cast_bool_to_int',
    ],
    compute: () => {
      const x = tf.tensor([...EXTREMES, 1e10, -1e10, 2147483648, 4294967297e3, 1e18, 1e19, -1e19, -1.9, 1.9]);
      const [whole, truth] = [tf.cast(x, 'int32'), tf.cast(x, 'bool')];
      const [long, longer] = [floats([20_001]), tf.tensor([2147483647, -2147483648, 16_777_217], [3], 'int32')];
      return [
        [whole, truth, tf.cast(long, 'int32'), tf.cast(long, 'bool')],
        [tf.cast(whole, 'float32'), tf.cast(whole, 'bool'), tf.cast(longer, 'float32')],
        [tf.cast(truth, 'float32'), tf.cast(truth, 'int32'), tf.cast(tf.cast(long, 'bool'), 'int32')],
        [tf.cast(x, 'float32'), tf.cast(floats([0]), 'int32'), tf.cast(tf.scalar(2.5), 'int32')],
      ];
    },
  },
});
