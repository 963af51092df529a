import { readFileSync } from 'node:fs';
import { randomUniform, SheepError, streamOf } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { checkSampling, sampleToken, type SamplingOptions } from './sampling.js';

interface Reference {
  readonly logits: readonly number[][];
  readonly cases: readonly { row: number; options: SamplingOptions; probabilities: number[] }[];
}

// What transformers keeps and how likely it makes it: fixtures/sampling/make.py.
const fixture = new URL('../../../fixtures/sampling/reference.json', import.meta.url);
const reference = JSON.parse(readFileSync(fixture, 'utf8')) as Reference;

const POINTS = 4000;

/** How often each token is chosen by uniforms that lie evenly in [0, 1): its probability, to 1 / POINTS. */
function shares(logits: ArrayLike<number>, options: SamplingOptions): number[] {
  const counts = Array.from({ length: logits.length }, () => 0);
  for (let i = 0; i < POINTS; i += 1) counts[sampleToken(logits, options, (i + 0.5) / POINTS)] += 1;
  return counts.map((count) => count / POINTS);
}

describe('sampleToken', () => {
  it.each(reference.cases)(
    'has the probabilities of transformers: $row $options',
    ({ row, options, probabilities }) => {
      const found = shares(reference.logits[row], options);
      const wrong = found.filter((share, id) => !(Math.abs(share - probabilities[id]) <= 1 / POINTS));
      expect(wrong).toEqual([]);
      expect(found.filter((share, id) => probabilities[id] === 0 && share > 0)).toEqual([]);
    },
  );

  it('follows the probabilities with random numbers: chi-square', () => {
    const logits = [0, 1, -1, 2, 0.5, -2, 1.5, 0.2, -0.3, 1.1];
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    const counts = logits.map(() => 0);
    const draws = 50_000;
    const key = { seed: 4, stream: streamOf('test'), step: 0 };
    for (let i = 0; i < draws; i += 1) counts[sampleToken(logits, {}, randomUniform(key, i))] += 1;
    const chiSquare = logits.reduce((sum, logit, id) => {
      const expected = (draws * Math.exp(logit)) / total;
      return sum + (counts[id] - expected) ** 2 / expected;
    }, 0);
    // 9 degrees of freedom: above 27.9 once in a thousand.
    expect(chiSquare).toBeLessThan(27.9);
    expect(chiSquare).toBeGreaterThan(0.5);
  });

  it('takes the most likely token at temperature 0, the first of equal ones, whatever the uniform', () => {
    for (const uniform of [0, 0.5, 1 - 2 ** -32]) {
      expect(sampleToken([1, 5, 3, 5], { temperature: 0 }, uniform)).toBe(1);
      expect(sampleToken([1, 5, 3, 5], { temperature: 0, topK: 3, topP: 0.1 }, uniform)).toBe(1);
      expect(sampleToken([1, 5, 3, 6], { temperature: 1e-300 }, uniform)).toBe(3);
    }
  });

  it('keeps exactly topK of equal tokens, and the token that reaches topP', () => {
    expect(shares([1, 1, 1, 1], { topK: 2 })).toEqual([0.5, 0.5, 0, 0]);
    // Probabilities 1/2, 1/4, 1/4.
    const logits = [Math.log(2), 0, 0];
    expect(shares(logits, { topP: 0.5 })).toEqual([1, 0, 0]);
    expect(shares(logits, { topP: 0.6 }).map((share) => Math.round(share * 300))).toEqual([200, 100, 0]);
    expect(shares(logits, { topP: 1 })).toEqual([0.5, 0.25, 0.25]);
    expect(shares(logits, { topP: 1e-9 })).toEqual([1, 0, 0]);
  });

  it('never takes an impossible token, and holds huge logits', () => {
    expect(shares([-Infinity, 2000, -Infinity, 2000], {})).toEqual([0, 0.5, 0, 0.5]);
    expect(sampleToken([2000, -Infinity], {}, 1 - 2 ** -32)).toBe(0);
    expect(sampleToken(Float32Array.of(-1e30, 1, -1e30), { topK: 2 }, 1 - 2 ** -32)).toBe(1);
  });
});

describe('checkSampling', () => {
  it.each([
    [{ temperature: -1 }, 'a temperature of 0 or more, received -1'],
    [{ temperature: Number.NaN }, 'a temperature of 0 or more, received NaN'],
    [{ temperature: Infinity }, 'a temperature of 0 or more, received Infinity'],
    [{ topK: 0 }, 'topK, a whole number from 1, received 0'],
    [{ topK: 2.5 }, 'topK, a whole number from 1, received 2.5'],
    [{ topP: 0 }, 'topP above 0 and at most 1, received 0'],
    [{ topP: 1.01 }, 'topP above 0 and at most 1, received 1.01'],
  ])('refuses %j', (options, message) => {
    expect(() => checkSampling(options)).toThrow(SheepError);
    expect(() => checkSampling(options)).toThrow(`choosing a token: expected ${message}; change that option`);
  });

  it('takes the ends of each range', () => {
    for (const options of [{}, { temperature: 0, topK: 1, topP: 1 }]) {
      expect(() => checkSampling(options)).not.toThrow();
    }
  });
});
