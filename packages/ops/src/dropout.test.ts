import { fillWords, randomWord, type RandomKey } from '@sheep/core';
import { grads, ones, setBackend, tensor, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dropout, dropoutMask } from './dropout.js';
import { openBackends, SECOND } from './second-backend.fixture.js';

const key: RandomKey = { seed: 1337, stream: 99, step: 7 };

/** The rule in words: dropped where the word at the value's index is below rate times 2^32. */
const expectedMask = (size: number, rate: number, from: RandomKey): number[] =>
  Array.from(fillWords(from, new Uint32Array(size)), (word) =>
    word / 2 ** 32 < rate ? 0 : Math.fround(1 / (1 - rate)),
  );

const maskOf = (rate: number, from = key): number[] => [...dropoutMask([5, 7], { rate, key: from }).dataSync()];

async function droppedOn(backend: string) {
  await setBackend(backend);
  return dropout(ones([1001]), { rate: 0.3, key }).dataSync();
}

beforeAll(openBackends);
beforeEach(async () => {
  await setBackend('cpu');
});

describe('dropoutMask', () => {
  it('is the function of seed, stream, step and index that core defines', () => {
    for (const rate of [0.1, 0.5, 0.9]) expect(maskOf(rate)).toEqual(expectedMask(35, rate, key));
    const one = maskOf(0.5)[33];
    expect(one).toBe(randomWord(key, 33) < 2 ** 31 ? 0 : 2);
  });

  it('differs with the seed, the stream and the step', () => {
    const others = [{ seed: 1338 }, { stream: 98 }, { step: 8 }].map((part) => ({ ...key, ...part }));
    for (const other of others) {
      expect(maskOf(0.5, other)).toEqual(expectedMask(35, 0.5, other));
      expect(maskOf(0.5, other)).not.toEqual(maskOf(0.5));
    }
  });
});

describe('dropout', () => {
  it('keeps the mean, within five standard errors', () => {
    const size = 100_000;
    for (const rate of [0.1, 0.5, 0.8]) {
      const values = dropout(ones([size]), { rate, key }).dataSync<'float32'>();
      const mean = values.reduce((sum, value) => sum + value, 0) / size;
      // The variance of a value is rate / (1 - rate).
      expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt(rate / (1 - rate) / size));
    }
  });

  it('multiplies the gradient by the mask of the forward pass', () => {
    const x = tensor(
      [...Array(35).keys()].map((i) => i + 1),
      [5, 7],
    );
    const dy = tensor(
      [...Array(35).keys()].map((i) => 2 * i - 30),
      [5, 7],
    );
    const mask = expectedMask(35, 0.25, key);
    const times = (by: Tensor) => by.dataSync().map((value, i) => Math.fround(value * mask[i]));
    expect(dropout(x, { rate: 0.25, key }).dataSync()).toEqual(times(x));
    const [dx] = grads((one: Tensor) => dropout(one, { rate: 0.25, key }))([x], dy);
    expect(dx.dataSync()).toEqual(times(dy));
  });

  it('is the tensor itself at a rate of 0 or without options', () => {
    const x = tensor2d([[1, 2]]);
    expect(dropout(x, { rate: 0, key })).toBe(x);
    expect(dropout(x, undefined)).toBe(x);
  });

  it('drops the same values on every backend', async () => {
    expect(await droppedOn(SECOND)).toEqual(await droppedOn('cpu'));
  });
});
