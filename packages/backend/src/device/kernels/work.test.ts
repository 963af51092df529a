import { attention, dropout, embed, linearResidual, normLinear, softmax } from '@sheep/ops';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startProfile } from '../../profile/start-profile.js';
import { useBackend, type BackendInUse } from '../../use-backend.js';
import { kernelNames, type KernelName } from '../kernel-names.js';
import { workOf, type Work } from './work.js';

const FLOAT = 4;
const key = { seed: 1, stream: 2, step: 3 };

describe('the work of a job', () => {
  let backend: BackendInUse;
  beforeAll(async () => {
    backend = await useBackend('wasm', { threads: 2 });
  });

  /** The work of a kernel's jobs while something is computed, added up. */
  function during(kernel: KernelName, compute: () => unknown): Work {
    const stop = startProfile(backend);
    tf.tidy(() => void compute());
    const works = stop().jobs.flatMap((job) => (job.kernel === kernel ? [job.work!] : []));
    expect(works.length).toBeGreaterThan(0);
    return works.reduce((sum, { flops, bytes }) => ({ flops: sum.flops + flops, bytes: sum.bytes + bytes }));
  }

  it('is known for every kernel there is', () => {
    const ints = Array.from({ length: 40 }, () => 1);
    expect(kernelNames.filter((name) => workOf(name, ints, 1) === undefined)).toEqual([]);
  });

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('of a product is 2 m n k, whatever is transposed: %s, %s', (transposeA, transposeB) => {
    const [batch, m, n, k] = [3, 37, 150, 70];
    const [a, b] = [
      tf.ones([batch, ...(transposeA ? [k, m] : [m, k])]),
      tf.ones([batch, ...(transposeB ? [n, k] : [k, n])]),
    ];
    const multiply = () => tf.matMul(a, b, transposeA, transposeB);
    expect(during('gemm', multiply)).toEqual({
      flops: 2 * batch * m * n * k,
      bytes: FLOAT * batch * (m * k + k * n + m * n),
    });
    expect(during('gemm_pack', multiply)).toEqual({ flops: 0, bytes: 2 * FLOAT * batch * k * n });
  });

  it('of attention counts the pairs that see each other, two products forward and five back', () => {
    const [batch, headCount, time, size] = [2, 3, 70, 8];
    const width = headCount * size;
    const qkv = tf.ones([batch, time, 3 * width]) as tf.Tensor3D;
    const pairs = batch * headCount * ((time * (time + 1)) / 2);
    const notes = 2 * batch * headCount * time;
    const values = batch * time * width;
    const gradient = () => tf.grad((x) => attention(x as tf.Tensor3D, { headCount }))(qkv);
    expect(during('attention', gradient)).toEqual({ flops: 2 * 2 * pairs * size, bytes: FLOAT * (4 * values + notes) });
    expect(during('attention_gradient', gradient)).toEqual({
      flops: 2 * 5 * pairs * size,
      bytes: FLOAT * (8 * values + notes),
    });
  });

  it('of linear layers is that of their products', () => {
    const [rows, k, n] = [50, 24, 130];
    const [x, gain, shift] = [tf.ones([rows, k]), tf.ones([k]), tf.ones([k])] as [
      tf.Tensor2D,
      tf.Tensor1D,
      tf.Tensor1D,
    ];
    const layer = { weight: tf.ones([k, n]) as tf.Tensor2D, bias: tf.ones([n]) as tf.Tensor1D };
    const residual = tf.ones([rows, n]);
    const add = () =>
      tf.grads((of: tf.Tensor, weight) => linearResidual(of, { ...layer, weight: weight as never }, residual));
    expect(during('linear', () => linearResidual(x, layer, residual))).toEqual({
      flops: 2 * rows * k * n,
      bytes: FLOAT * (rows * k + k * n + 2 * rows * n),
    });
    expect(during('linear_gradient', () => add()([x, layer.weight]))).toEqual({
      flops: 2 * rows * k * n,
      bytes: FLOAT * (2 * rows * n + k * n + rows * k),
    });
    expect(during('gemm', () => add()([x, layer.weight])).flops).toBe(2 * rows * k * n);
    const norm = { kind: 'layer', gain, shift } as const;
    expect(during('linear', () => normLinear(x, norm, layer, { activation: 'gelu-tanh' })).flops).toBe(
      2 * rows * k * n,
    );
  });

  it.each<[KernelName, number, () => unknown]>([
    ['fill', 4 * 500, () => tf.onesLike(tf.zeros([500], 'float32'))],
    ['pointwise_exp', 8 * 500, () => tf.exp(tf.ones([500]))],
    ['unary_negate', 8 * 500, () => tf.neg(tf.ones([500]))],
    ['binary_add', 4 * (60 + 60 + 60), () => tf.add(tf.ones([12, 5]), tf.ones([12, 5]))],
    ['binary_add', 4 * (60 + 5 + 60), () => tf.add(tf.ones([12, 5]), tf.ones([5]))],
    ['binary_multiply', 4 * (60 + 12 + 60), () => tf.mul(tf.ones([12, 5]), tf.ones([12, 1]))],
    ['binary_multiply', 4 * (60 + 1 + 60), () => tf.mul(tf.ones([12, 5]), 3)],
    ['compare_less', 4 * (60 + 60) + 60, () => tf.less(tf.ones([60]), tf.ones([60]))],
    ['sum_rows', 4 * (60 + 12), () => tf.sum(tf.ones([12, 5]), 1)],
    ['sum_columns', 4 * (60 + 5), () => tf.sum(tf.ones([12, 5]), 0)],
    ['transpose_words', 8 * 2 * 20 * 30, () => tf.transpose(tf.ones([2, 20, 30]), [0, 2, 1])],
    ['gather', 4 * 3 * (2 * 5 + 1), () => tf.gather(tf.ones([12, 5]), [0, 4, 2])],
    ['softmax', 8 * 60, () => softmax(tf.ones([12, 5]))],
    ['dropout', 8 * 60, () => dropout(tf.ones([60]), { rate: 0.5, key })],
    ['embed', 4 * 3 * 6 * 5, () => embed(tf.zeros([2, 3], 'int32'), tf.ones([12, 5]), tf.ones([3, 5]))],
  ])('of %s is %i bytes', (kernel, bytes, compute) => {
    expect(during(kernel, compute)).toEqual({ flops: 0, bytes });
  });
});
