import { fillNormal, randomWord, type RandomKey } from '@sheep/core';
import { attention, linearResidual, type Dropout } from '@sheep/ops';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backendNames, useBackend } from './index.js';

const key: RandomKey = { seed: 11, stream: 22, step: 33 };
const dropout: Dropout = { rate: 0.3, key };
const BOUND = 1e-5;

const normal = (stream: number, shape: number[]): tf.Tensor => {
  const size = shape.reduce((a, b) => a * b);
  return tf.tensor(fillNormal({ seed: 1, stream, step: 0 }, new Float32Array(size)), shape);
};

/** The mask of the rule, made value by value. */
function mask(shape: number[]): tf.Tensor {
  const size = shape.reduce((a, b) => a * b);
  const values = Array.from({ length: size }, (_, i) => (randomWord(key, i) < 0.3 * 2 ** 32 ? 0 : 1 / 0.7));
  return tf.tensor(values, shape);
}

const linearResidualOfOurs = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, residual: tf.Tensor) =>
  linearResidual(x, { weight: weight as tf.Tensor2D, bias: bias as tf.Tensor1D }, residual, dropout);

function linearResidualOfPlainOps(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, residual: tf.Tensor): tf.Tensor {
  const y = tf.add(tf.matMul(x, weight), bias);
  return tf.add(tf.mul(y, mask(y.shape)), residual);
}

const headCount = 3;

const attentionOfOurs = (qkv: tf.Tensor) => attention(qkv as tf.Tensor3D, { headCount, dropout });

/** One head after the other, sliced out of the packed tensor (B, T, 3C). */
function attentionOfPlainOps(qkv: tf.Tensor): tf.Tensor {
  const [B, T, packed] = qkv.shape;
  const C = packed / 3;
  const size = C / headCount;
  const weightsMask = mask([B * headCount, T, T]);
  const future = tf.sub(1, tf.linalg.bandPart(tf.ones([T, T]), -1, 0));
  const sequences = Array.from({ length: B }, (_, b) => {
    const heads = Array.from({ length: headCount }, (__, h) => {
      const [q, k, v] = [0, 1, 2].map((part) =>
        tf.reshape(tf.slice(qkv, [b, 0, part * C + h * size], [1, T, size]), [T, size]),
      );
      const scores = tf.sub(tf.div(tf.matMul(q, tf.transpose(k)), Math.sqrt(size)), tf.mul(future, 1e9));
      const dropped = tf.mul(
        tf.softmax(scores),
        tf.reshape(tf.slice(weightsMask, [b * headCount + h, 0, 0], [1, T, T]), [T, T]),
      );
      return tf.matMul(dropped, v);
    });
    return tf.concat(heads, 1);
  });
  return tf.stack(sequences);
}

/** The largest difference of values and gradients, each relative to the largest value of the plain form. */
function deviations(ours: (...x: tf.Tensor[]) => tf.Tensor, plain: typeof ours, inputs: tf.Tensor[], dy: tf.Tensor) {
  const [a, b] = [ours, plain].map((f) => tf.valueAndGrads(f)(inputs, dy));
  return [[a.value, b.value], ...a.grads.map((gradient, i) => [gradient, b.grads[i]])].map(
    ([one, other]) => tf.div(tf.max(tf.abs(tf.sub(one, other))), tf.max(tf.abs(other))).dataSync()[0],
  );
}

describe.each(backendNames)('dropout inside an op on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it('of linearResidual is that of plain tfjs ops with the mask of the rule', () => {
    const inputs = [normal(0, [9, 5]), normal(1, [5, 7]), normal(2, [7]), normal(3, [9, 7])];
    const found = deviations(linearResidualOfOurs, linearResidualOfPlainOps, inputs, normal(4, [9, 7]));
    expect(found.length).toBe(5);
    expect(found.filter((deviation) => !(deviation < BOUND))).toEqual([]);
  });

  it('of attention weights is that of plain tfjs ops with the mask of the rule', () => {
    const found = deviations(attentionOfOurs, attentionOfPlainOps, [normal(5, [2, 7, 36])], normal(6, [2, 7, 12]));
    expect(found.length).toBe(2);
    expect(found.filter((deviation) => !(deviation < BOUND))).toEqual([]);
  });
});
