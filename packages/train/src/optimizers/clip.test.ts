import { useBackend } from '@sheep/backend';
import type { Update } from '@sheep/core';
import { scalar, tensor1d, variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { clipByGlobalNorm, clipByValue } from './clip.js';

const updateOf = (scale: number, norm: number): Update => ({
  params: {},
  grads: {},
  step: 1,
  learningRate: 1,
  scale: scalar(scale),
  norm: scalar(norm),
});

describe('clipByGlobalNorm', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it.each([
    { norm: 5, scale: 0.5, clipped: 0.2 },
    { norm: 2, scale: 0.5, clipped: 0.5 },
    { norm: 1, scale: 0.5, clipped: 0.5 },
    { norm: 0, scale: 0.5, clipped: 0.5 },
    { norm: 1e20, scale: 1, clipped: 2e-20 },
  ])('makes of scale $scale at a norm of $norm the scale $clipped', async ({ norm, scale, clipped }) => {
    const before = updateOf(scale, norm);
    const after = clipByGlobalNorm(2)(before);
    expect((await after.scale.data())[0]).toBe(Math.fround(clipped));
    expect({ ...after, scale: before.scale }).toEqual(before);
  });

  it.each([0, -1, NaN, Infinity])('refuses a norm of %d', (norm) => {
    expect(() => clipByGlobalNorm(norm)).toThrow(`expected a norm above 0, received ${norm}`);
  });
});

describe('clipByValue', () => {
  it('cuts the scaled gradients off, and nothing else', async () => {
    const grads = { a: tensor1d([4, -1, 0.5]), frozen: tensor1d([9]) };
    const before = { ...updateOf(0.5, 3), params: { a: variable(tensor1d([0, 0, 0])) }, grads };
    const after = clipByValue(1)(before);
    expect([...(await after.grads.a.data())]).toEqual([1, -0.5, 0.25]);
    expect([Object.keys(after.grads), (await after.scale.data())[0]]).toEqual([['a'], 1]);
    expect({ ...after, scale: before.scale, grads }).toEqual(before);
  });

  it.each([0, -1, NaN, Infinity])('refuses a value of %d', (value) => {
    expect(() => clipByValue(value)).toThrow(`expected a value above 0, received ${value}`);
  });
});
