import { fillNormal, randomWord, type RandomKey } from '@sheep/core';
import { attention, dropout as dropoutOfOurs, linearResidual, type Dropout } from '@sheep/ops';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend, type BackendName } from './index.js';
import { backendsHere, ourBackendsHere } from '../../../test/backends-here.js';

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

interface Case {
  readonly name: string;
  readonly ours: (...x: tf.Tensor[]) => tf.Tensor;
  readonly plain: (...x: tf.Tensor[]) => tf.Tensor;
  /** Shapes of the inputs, and behind them of the output. */
  readonly shapes: number[][];
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

const cases: Case[] = [
  ...[[1], [7, 3, 5], [129, 301]].map((shape) => ({
    name: `dropout of ${shape.join(' x ')}`,
    ours: (x: tf.Tensor) => dropoutOfOurs(x, dropout),
    plain: (x: tf.Tensor) => tf.mul(x, mask(x.shape)),
    shapes: [shape, shape],
  })),
  ...[
    [9, 5, 7],
    [1, 1, 1],
    [130, 33, 65],
  ].map(([rows, from, to]) => ({
    name: `linearResidual of ${rows} x ${from} to ${to}`,
    ours: linearResidualOfOurs,
    plain: linearResidualOfPlainOps,
    shapes: [[rows, from], [from, to], [to], [rows, to], [rows, to]],
  })),
  // Contexts on and off the tiles of a kernel, and of every rest by the four words of a counter.
  ...[
    [2, 7, 4],
    [1, 32, 3],
    [2, 33, 5],
    [1, 50, 8],
    [1, 67, 1],
  ].map(([batch, time, size]) => ({
    name: `attention of ${batch} x ${time}, heads of ${size}`,
    ours: attentionOfOurs,
    plain: attentionOfPlainOps,
    shapes: [
      [batch, time, 3 * headCount * size],
      [batch, time, headCount * size],
    ],
  })),
];

/** Values and gradients, one after the other. */
function compute(f: Case['ours'], shapes: number[][]): tf.Tensor[] {
  const tensors = shapes.map((shape, i) => normal(i, shape));
  const { value, grads } = tf.valueAndGrads(f)(tensors.slice(0, -1), tensors.at(-1));
  return [value, ...grads];
}

/** The largest difference of values and gradients, each relative to the largest value of the plain form. */
function deviations({ ours, plain, shapes }: Case): number[] {
  const expected = compute(plain, shapes);
  return compute(ours, shapes).map(
    (one, i) =>
      tf.div(tf.max(tf.abs(tf.sub(one, expected[i]))), tf.maximum(tf.max(tf.abs(expected[i])), 1e-6)).dataSync()[0],
  );
}

const openings = backendsHere.flatMap((name): [BackendName, number?][] =>
  ourBackendsHere.includes(name)
    ? [
        [name, 1],
        [name, 3],
      ]
    : [[name]],
);

describe.each(openings)('dropout on %s with %s threads', (backend, threads) => {
  beforeAll(async () => {
    await useBackend(backend, { threads });
  });

  it.each(cases)('$name is that of plain tfjs ops with the mask of the rule', (one) => {
    const found = deviations(one);
    expect(found.length).toBe(one.shapes.length);
    expect(found.filter((deviation) => !(deviation < BOUND))).toEqual([]);
  });
});

describe.each(ourBackendsHere)('dropout on %s', (backend) => {
  it.each(cases)('$name has the same bits with 1 thread and with 3', async ({ ours, shapes }) => {
    const found = [];
    for (const threads of [1, 3]) {
      await useBackend(backend, { threads });
      found.push(compute(ours, shapes).map((one) => one.dataSync().slice()));
    }
    expect(found[1]).toEqual(found[0]);
  });
});
