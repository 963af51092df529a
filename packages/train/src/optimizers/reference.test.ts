import { readFileSync } from 'node:fs';
import { useBackend } from '@sheep/backend';
import { readSafetensors, toFloat32, type Optimizer, type StoredTensor } from '@sheep/core';
import { clearGradients, disposeTree } from '@sheep/ops';
import { tensor, tidy, variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { takeUpdate } from '../../test/optimizing.js';
import { backendsHere } from '../../../../test/backends-here.js';
import { adafactor } from './adafactor.js';
import { adam } from './adam.js';
import { adamw } from './adamw.js';
import { averaged } from './averaged.js';
import { chain } from './chain.js';
import { clipByGlobalNorm, clipByValue } from './clip.js';
import { lion } from './lion.js';
import { muon } from './muon.js';
import { sgd } from './sgd.js';

const file = readSafetensors(
  readFileSync(new URL('../../../../fixtures/optimizers/optimizers.safetensors', import.meta.url)),
);
const { rates: ratesJson, scale: scaleJson, ...caseJson } = file.metadata;
const rates = JSON.parse(ratesJson) as number[];
const scale = JSON.parse(scaleJson) as number;
const cases = Object.keys(caseJson).sort();

const makers: Record<string, (options: never) => Optimizer> = {
  adamw,
  adam,
  sgd,
  lion,
  adafactor,
  muon,
  averaged: ({ decay, ...options }: { decay: number }) => averaged(adamw(options), { decay }),
  clipped: ({ norm, value, ...options }: { norm: number; value: number }) =>
    chain(clipByGlobalNorm(norm), clipByValue(value), sgd(options)),
};

const makerOf = (name: string) => makers[name.split('-')[0]];

/** Largest error of any value after any update; values and their ways are around 1. */
const BOUND = 5e-6;
// A product of factors of 8 bits, ten times over.
const LOOSE = { 'muon-bfloat16': 0.02 } as Readonly<Record<string, number>>;

const stored = (key: string): StoredTensor => file.tensors.get(key)!;
const namesOf = (prefix: string): string[] =>
  [...file.tensors.keys()].filter((key) => key.startsWith(`${prefix}/`)).map((key) => key.slice(prefix.length + 1));

/** The values of one update out of all that a key holds. */
function valuesAt(key: string, step: number): Float64Array {
  const { data, shape } = stored(key);
  const size = data.length / shape[0];
  return Float64Array.from(data as Float64Array).subarray(step * size, (step + 1) * size);
}

function begin(name: string, optimizer: Optimizer) {
  const params = Object.fromEntries(
    namesOf(name).map((key) => {
      const start = stored(`start/${key}`);
      return [key, tidy(() => variable(tensor(toFloat32(start), [...start.shape])))];
    }),
  );
  return { params, state: optimizer.init(params) };
}

/** The largest error of any value, after each update. */
function errorsOf(name: string): number[] {
  const optimizer = makerOf(name)(JSON.parse(caseJson[name]) as never);
  const trees = begin(name, optimizer);
  const weights = optimizer.weights?.(trees.params, trees.state) ?? trees.params;
  const errors = rates.map((learningRate, i) => {
    const grads = Object.fromEntries(
      Object.entries(trees.params).map(([key, { shape }]) => [
        key,
        tensor(Float32Array.from(valuesAt(`grad/${key}`, i)), shape),
      ]),
    );
    takeUpdate(optimizer, trees, grads, { step: i + 1, learningRate, scale });
    clearGradients(grads);
    const found = Object.entries(weights).map(([key, value]) => {
      const expected = valuesAt(`${name}/${key}`, i);
      return Math.max(...value.dataSync().map((one, j) => Math.abs(one - expected[j])));
    });
    return Math.max(...found);
  });
  Object.values(trees).forEach(disposeTree);
  return errors;
}

describe.each(backendsHere)('ten updates on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it.each(cases)('by %s are those of the reference', (name) => {
    const errors = errorsOf(name);
    expect(errors.length).toBe(10);
    expect(Math.max(...errors)).toBeLessThan(LOOSE[name] ?? BOUND);
  });
});

describe('the reference', () => {
  it('has parameters that went far more than the errors that are allowed', () => {
    for (const name of cases) {
      for (const key of namesOf(name)) {
        const start = stored(`start/${key}`).data as Float64Array;
        const way = valuesAt(`${name}/${key}`, 9).map((value, i) => Math.abs(value - start[i]));
        expect(Math.max(...way)).toBeGreaterThan(1000 * BOUND);
      }
    }
  });
});
