import { useBackend } from '@sheep/backend';
import type { ParamTree } from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { presets } from './config.js';
import { initParameters, parameterSpecs } from './parameters.js';

const config = { ...presets.nano, vocabSize: 65, dropout: 0 };

const valuesOf = (params: ParamTree, name: string): Float32Array => params[name].dataSync<'float32'>();

// Quicker than toEqual on a whole model.
const sameValues = (a: Float32Array, b: Float32Array): boolean => a.every((value, i) => value === b[i]);

/** Mean and deviation of a normal distribution lie within five standard errors of what is expected. */
function expectNormal(values: Float32Array, deviation: number): void {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
  expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(n));
  expect(Math.abs(Math.sqrt(variance) - deviation)).toBeLessThan((5 * deviation) / Math.sqrt(2 * n));
}

beforeAll(() => useBackend('js'));

describe('initParameters', () => {
  it.each([
    [0.02, undefined],
    [0.06, 0.06],
  ])(
    'draws weights with a deviation of %d, projections into the residual stream with that / sqrt(2 layers)',
    (deviation, initializerRange) => {
      const params = initParameters({ ...config, initializerRange }, 1337);
      const matrices = parameterSpecs(config).filter(({ shape }) => shape.length === 2);
      expect(matrices.length).toBe(2 + 4 * 4);
      for (const { name } of matrices) {
        expectNormal(valuesOf(params, name), name.endsWith('c_proj.weight') ? deviation / Math.sqrt(8) : deviation);
      }
      disposeTree(params);
    },
  );

  it('starts gains at 1 and shifts and biases at 0', () => {
    const params = initParameters(config, 1337);
    const vectors = parameterSpecs(config).filter(({ shape }) => shape.length === 1);
    expect(vectors.length).toBe(4 * 8 + 2);
    for (const { name } of vectors) {
      const start = /\.ln_\w+\.weight$/.test(name) ? 1 : 0;
      expect([name, valuesOf(params, name).every((value) => value === start)]).toEqual([name, true]);
    }
    disposeTree(params);
  });

  it('gives the same bytes for the same seed, others for another seed and for each parameter', () => {
    const [first, again, other] = [7, 7, 8].map((seed) => initParameters(config, seed));
    for (const name of Object.keys(first)) {
      expect([name, sameValues(valuesOf(again, name), valuesOf(first, name))]).toEqual([name, true]);
    }
    for (const name of ['transformer.wte.weight', 'transformer.h.3.mlp.c_fc.weight']) {
      expect(sameValues(valuesOf(other, name), valuesOf(first, name))).toBe(false);
    }
    const [a, b] = [0, 1].map((layer) => valuesOf(first, `transformer.h.${layer}.attn.c_attn.weight`));
    expect(sameValues(a, b)).toBe(false);
    [first, again, other].forEach(disposeTree);
  });

  it('makes one tensor a parameter, in the shapes and under the names of the specs', () => {
    const before = memory().numTensors;
    const params = initParameters(config, 1);
    const specs = parameterSpecs(config);
    expect(memory().numTensors).toBe(before + specs.length);
    expect(Object.entries(params).map(([name, { shape }]) => [name, shape])).toEqual(
      specs.map(({ name, shape }) => [name, shape]),
    );
    disposeTree(params);
    expect(memory().numTensors).toBe(before);
  });
});
