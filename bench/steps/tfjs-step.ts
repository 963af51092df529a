// Steps of a GPT as users of TensorFlow.js write it, on a stock backend:
// usage: tfjs-step.ts CONFIGURATION wasm|cpu plain|tuned SECONDS; prints one line of JSON.
//
// `plain` leaves the products' gradients to TensorFlow.js, which asks for transposed operands, and writes x^3 as pow;
// `tuned` transposes by a pass of its own and multiplies, which stock wasm is several times faster at.
import { useBackend } from '@sheep/backend';
import * as tf from '@tensorflow/tfjs-core';
import { configurations, randomBatch, timeSteps } from './time-steps.js';

const [name, device, style, seconds] = process.argv.slice(2);
const { layerCount, headCount, embeddingSize, feedForwardSize, contextLength, batchSize, vocabSize } =
  configurations[name];
const tuned = style === 'tuned';
const { build } = await useBackend(device === 'wasm' ? 'tfjs-wasm' : 'js');

const variables: tf.Variable[] = [];
function variable(shape: number[], deviation = 0.02, mean = 0): tf.Variable {
  const made = tf.variable(tf.randomNormal(shape, mean, deviation));
  variables.push(made);
  return made;
}

const swap = (x: tf.Tensor): tf.Tensor =>
  tf.transpose(x, [...x.shape.keys()].slice(0, -2).concat(x.rank - 1, x.rank - 2));

const productGradients = (dy: tf.Tensor, [a, b]: tf.Tensor[]) => [tf.matMul(dy, swap(b)), tf.matMul(swap(a), dy)];

const tunedProduct = tf.customGrad((...given) => {
  const [a, b, save] = given as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
  save([a, b]);
  return { value: tf.matMul(a, b), gradFunc: productGradients };
});

const product = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => (tuned ? tunedProduct(a, b) : tf.matMul(a, b));

function linear(inputs: number, outputs: number): (x: tf.Tensor) => tf.Tensor {
  const [weight, bias] = [variable([inputs, outputs]), variable([outputs], 0)];
  return (x) => tf.add(product(x, weight), bias);
}

function layerNorm(): (x: tf.Tensor) => tf.Tensor {
  const [gain, shift] = [variable([embeddingSize], 0, 1), variable([embeddingSize], 0)];
  return (x) => {
    const centered = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(centered), -1, true);
    return tf.add(tf.mul(tf.mul(centered, tf.rsqrt(tf.add(variance, 1e-5))), gain), shift);
  };
}

function gelu(x: tf.Tensor): tf.Tensor {
  const cube = tuned ? tf.mul(tf.mul(x, x), x) : tf.pow(x, 3);
  const inner = tf.mul(tf.add(x, tf.mul(cube, 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
}

const mask = tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([contextLength, contextLength]), -1, 0)), -1e9);

function attention(): (x: tf.Tensor) => tf.Tensor {
  const [qkv, out] = [linear(embeddingSize, 3 * embeddingSize), linear(embeddingSize, embeddingSize)];
  const size = embeddingSize / headCount;
  return (x) => {
    const [q, k, v] = tf
      .split(qkv(x), 3, 1)
      .map((part) => tf.transpose(tf.reshape(part, [batchSize, contextLength, headCount, size]), [0, 2, 1, 3]));
    const scores = tf.mul(product(q, swap(k)), 1 / Math.sqrt(size));
    const heads = product(tf.softmax(tf.add(scores, mask)), v);
    return out(tf.reshape(tf.transpose(heads, [0, 2, 1, 3]), [batchSize * contextLength, embeddingSize]));
  };
}

function block(): (x: tf.Tensor) => tf.Tensor {
  const [norm, attend, second] = [layerNorm(), attention(), layerNorm()];
  const [up, down] = [linear(embeddingSize, feedForwardSize), linear(feedForwardSize, embeddingSize)];
  return (x) => {
    const attended = tf.add(x, attend(norm(x)));
    return tf.add(attended, down(gelu(up(second(attended)))));
  };
}

const [tokens, positions] = [variable([vocabSize, embeddingSize]), variable([contextLength, embeddingSize])];
const blocks = Array.from({ length: layerCount }, block);
const finalNorm = layerNorm();
const { inputs, targets } = randomBatch(configurations[name]);
// Stock wasm lacks the gradient of gather: its users multiply by one-hot rows.
const [inputRows, targetRows] = [inputs, targets].map((ids) => tf.oneHot(tf.tensor1d(ids, 'int32'), vocabSize));
const inputFloats = tf.cast(inputRows, 'float32');

function loss(): tf.Scalar {
  const embedded = tf.reshape(product(inputFloats, tokens), [batchSize, contextLength, embeddingSize]);
  const rows = tf.reshape(tf.add(embedded, positions), [batchSize * contextLength, embeddingSize]);
  const hidden = finalNorm(blocks.reduce((x, next) => next(x), rows));
  const logits = product(hidden, swap(tokens));
  return tf.losses.softmaxCrossEntropy(targetRows, logits);
}

const optimizer = tf.train.adam(1e-3, 0.9, 0.99);
await timeSteps(build, Number(seconds), async () => {
  const norm = tf.tidy(() => {
    const { grads } = tf.variableGrads(loss, variables);
    const total = tf.sqrt(tf.addN(Object.values(grads).map((gradient) => tf.sum(tf.square(gradient)))));
    const scale = tf.minimum(tf.div(1, total), 1);
    optimizer.applyGradients(
      Object.fromEntries(Object.entries(grads).map(([key, gradient]) => [key, tf.mul(gradient, scale)])),
    );
    return total;
  });
  await norm.data();
  norm.dispose();
});
