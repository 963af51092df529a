import * as tf from '@tensorflow/tfjs-core';
import { fill } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { openJs } from '../../js/open.js';
import { openWasmDevice } from '../../wasm/open-device.js';
import { describeKernels, floats, wholes } from './tfjs.fixture.js';

const ids = (shape: [number], end: number) => wholes(shape, end) as tf.Tensor1D;

describeKernels('rows by their numbers, and tensors of one value', {
  gather: {
    kernels: ['gather'],
    compute: () => [
      [0, 1, 2].map((axis) => tf.gather(floats([4, 5, 6]), wholes([7], 4), axis)),
      tf.gather(wholes([5, 3], 100), wholes([2, 3], 5)),
      tf.gather(floats([9]), wholes([11], 9)),
      tf.gather(floats([3, 5, 2]), wholes([3, 4], 5), 1, 1),
      tf.gather(floats([501, 65]), wholes([40, 9], 501)),
      tf.gather(floats([5, 2]), wholes([], 5)),
    ],
  },
  'gather, nothing': {
    kernels: [],
    compute: () => [tf.gather(floats([5, 2]), wholes([0])), tf.gather(floats([5, 0]), wholes([3]))],
  },
  'gather, truth values': {
    kernels: [],
    compute: () => tf.gather(tf.tensor1d([true, false, true], 'bool'), wholes([4], 3)),
  },
  'sums of segments': {
    kernels: ['embed_tokens_gradient'],
    compute: () => [
      tf.unsortedSegmentSum(floats([7, 3]), ids([7], 4), 6),
      tf.unsortedSegmentSum(floats([7]), ids([7], 4), 3),
      tf.unsortedSegmentSum(floats([7, 2, 3]), tf.tensor1d([-1, 5, 0, 0, 1, 7, 1], 'int32'), 2),
      tf.unsortedSegmentSum(floats([200, 33]), ids([200], 65), 65),
    ],
  },
  'the gradient of gather': {
    kernels: ['gather', 'copy_words', 'embed_tokens_gradient'],
    compute: () => [
      tf.grad((x) => tf.gather(x, wholes([2, 6], 5)))(floats([5, 3]), floats([2, 6, 3], 9)),
      tf.grad((x) => tf.gather(x, wholes([6], 5), 1))(floats([3, 5, 2]), floats([3, 6, 2], 9)),
    ],
  },
  'one hot': {
    kernels: ['fill'],
    compute: () => [
      tf.oneHot(tf.tensor1d([3, 0, -1, 5, 4], 'int32'), 5),
      tf.oneHot(wholes([2, 3]), 5, 0.9, 0.1, 'float32'),
      tf.oneHot(wholes([3, 700]), 65, 1, 0, 'float32'),
    ],
  },
  'filled tensors': {
    kernels: ['fill'],
    compute: () => [
      fill([20_001], -0),
      fill([3, 2], 7, 'int32'),
      fill([], NaN),
      fill([0], 3),
      [floats([33, 5]), wholes([33, 5]), tf.tensor1d([true], 'bool')].map((x) => [tf.zerosLike(x), tf.onesLike(x)]),
    ],
  },
  softmax: {
    kernels: ['softmax'],
    compute: () => [
      [[7], [1], [3, 1], [5, 33], [2, 3, 4, 5], [40, 1001], [0, 3], [3, 0]].map((shape) => tf.softmax(floats(shape))),
      tf.softmax(tf.tensor([1000, 999, -1000, -Infinity])),
      tf.softmax(tf.tensor2d([[NaN, 1, 2], [Infinity, 1, 2], [-Infinity, -Infinity, -Infinity]])), // prettier-ignore
    ],
  },
  'the logarithm of softmax, and gradients': {
    kernels: [
      ...(['largest_rows', 'binary_subtract', 'binary_multiply', 'pointwise_exp'] as const),
      ...(['sum_rows', 'pointwise_log', 'softmax'] as const),
    ],
    compute: () => [
      tf.logSoftmax(floats([5, 33])),
      tf.grad((x) => tf.logSoftmax(x))(floats([5, 33]), floats([5, 33], 7)),
      tf.grad((x) => tf.softmax(x))(floats([5, 33]), floats([5, 33], 7)),
    ],
  },
});

describe('an index that is outside', () => {
  it('is an error as it is on cpu', async () => {
    await openJs();
    const opened = await openWasmDevice({ name: 'outside', threads: 1 });
    await tf.setBackend('outside');
    for (const index of [5, -1]) {
      expect(() => tf.gather(floats([5, 2]), tf.tensor1d([0, index], 'int32'))).toThrow(
        `GatherV2: the index value ${index} is not in [0, 4]`,
      );
    }
    await opened.close();
  });
});
