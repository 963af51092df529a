import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJs } from '../../js/open.js';
import { registerTfjsGradients } from '../../tfjs-gradients.js';
import { openBuild, someBuildsWithThreads } from '../../builds.fixture.js';
import type { OpenDevice } from '../open-device.js';
import { differences, floats, wholes } from './tfjs.fixture.js';

// A language model as a user of tfjs writes it: one block, no op of ours.
const [B, T, C, H, V] = [3, 24, 32, 4, 41];

const scaled = (shape: number[], seed: number) => tf.mul(floats(shape, seed), 0.2);

const parameters = (): Record<string, tf.Tensor> => {
  const shapes = {
    tokens: [V, C],
    positions: [T, C],
    gain: [C],
    shift: [C],
    qkv: [C, 3 * C],
    out: [C, C],
    up: [C, 4 * C],
  };
  return {
    ...Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, scaled(shape, 1 + 977 * i)])),
    down: scaled([4 * C, C], 7),
  };
};

/** (B, T, C) normalized over the last axis. */
function layerNorm(x: tf.Tensor, gain: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), gain), shift);
}

const gelu = (x: tf.Tensor) => {
  const inner = tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
};

/** (B, T, C) times (C, N). */
const linear = (x: tf.Tensor, weight: tf.Tensor) =>
  tf.reshape(tf.matMul(tf.reshape(x, [B * T, x.shape[2]!]), weight), [B, T, weight.shape[1]!]);

function attend(x: tf.Tensor, qkv: tf.Tensor): tf.Tensor {
  const heads = tf.split(linear(x, qkv), 3, 2).map((part) => {
    return tf.transpose(tf.reshape(part, [B, T, H, C / H]), [0, 2, 1, 3]);
  });
  const scores = tf.div(tf.matMul(heads[0], heads[1], false, true), Math.sqrt(C / H));
  const causal = tf.lessEqual(tf.reshape(tf.range(0, T), [1, T]), tf.reshape(tf.range(0, T), [T, 1]));
  const weights = tf.softmax(tf.where(causal, scores, tf.scalar(-1e9)));
  return tf.reshape(tf.transpose(tf.matMul(weights, heads[2]), [0, 2, 1, 3]), [B, T, C]);
}

function loss(p: Record<string, tf.Tensor>, ids: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  const x = tf.add(tf.gather(p.tokens, ids), tf.gather(p.positions, tf.range(0, T, 1, 'int32')));
  const mixed = tf.add(x, linear(attend(layerNorm(x, p.gain, p.shift), p.qkv), p.out));
  const y = tf.add(mixed, linear(gelu(linear(layerNorm(mixed, p.gain, p.shift), p.up)), p.down));
  const logits = tf.matMul(tf.reshape(y, [B * T, C]), p.tokens, false, true);
  const expected = tf.oneHot(tf.reshape(targets, [-1]), V, 1, 0, 'float32');
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), expected), -1))) as tf.Scalar;
}

/** Loss and gradients by name, the least milliseconds of some steps, and how many tensors and bytes one leaves. */
async function stepsOn(name: string, steps: number, bytesInUse = () => 0) {
  await tf.setBackend(name);
  const given = parameters();
  const names = Object.keys(given);
  const [ids, targets] = [wholes([B, T], V, 3), wholes([B, T], V, 11)];
  const lossOf = (...list: tf.Tensor[]) => loss(Object.fromEntries(list.map((p, i) => [names[i], p])), ids, targets);
  const step = () => {
    const { value, grads } = tf.valueAndGrads(lossOf)(Object.values(given));
    return [value, ...grads].map((tensor) => tensor.dataSync());
  };
  let [results, milliseconds]: [ReturnType<typeof step>, number] = [[], Infinity];
  const living = Array.from({ length: steps }, () => {
    const start = performance.now();
    results = tf.tidy(step);
    milliseconds = Math.min(milliseconds, performance.now() - start);
    return [tf.memory().numTensors, bytesInUse()];
  });
  tf.dispose([given, ids, targets]);
  return { results: results.map((values, i) => ({ name: ['loss', ...names][i], values })), milliseconds, living };
}

describe.each(someBuildsWithThreads)("a model in tfjs's own ops, build %s with %i threads", (build, threads) => {
  let opened: OpenDevice;
  beforeAll(async () => {
    await registerTfjsGradients();
    await openJs();
    opened = await openBuild(`model-${build}`, build, threads);
  });
  afterAll(() => opened.close());

  it('has the loss and gradients that it has on cpu, several times faster, and leaves nothing', async () => {
    const expected = await stepsOn('cpu', 2);
    const { allocator } = opened.device.backend;
    const found = await stepsOn(`model-${build}`, 6, () => allocator.bytesInUse);
    expect(found.results).toHaveLength(9);
    found.results.forEach(({ name, values }, i) => {
      const largest = Math.max(...expected.results[i].values.map(Math.abs));
      const ofLargest = (list: ArrayLike<number>) => Array.from(list, (value) => value / largest);
      expect({ name, told: differences(ofLargest(values), ofLargest(expected.results[i].values), 1e-5) }).toEqual({
        name,
        told: [],
      });
    });
    expect(found.living.slice(1)).toEqual(found.living.slice(1).map(() => found.living[0]));
    expect(expected.milliseconds / found.milliseconds).toBeGreaterThan(4);
  });

  it('has the same bits with one thread', async () => {
    const name = `model-${build}-one`;
    const alone = await openBuild(name, build, 1);
    const [one, several] = [await stepsOn(name, 1), await stepsOn(`model-${build}`, 1)];
    await alone.close();
    expect(one.results).toEqual(several.results);
  });
});
