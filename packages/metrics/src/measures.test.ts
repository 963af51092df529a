import { describe, expect, it } from 'vitest';
import { perplexity } from './perplexity.js';
import { createThroughput } from './throughput.js';
import { createTokenMean } from './token-mean.js';

describe('perplexity', () => {
  it('is the vocabulary size for a uniform guess, and infinite where the loss is too large', () => {
    expect(perplexity(Math.log(50257))).toBeCloseTo(50257, 6);
    expect(perplexity(0)).toBe(1);
    expect(perplexity(710)).toBe(Number.POSITIVE_INFINITY);
    expect(perplexity(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(perplexity(Number.NaN)).toBeNaN();
  });
});

describe('createTokenMean', () => {
  it('weighs batches by their tokens', () => {
    const mean = createTokenMean();
    expect(mean.loss).toBeNaN();
    mean.add({ loss: 30, correct: 1, count: 10 });
    mean.add({ loss: 1, correct: 1, count: 2 });
    expect(mean.tokens).toBe(12);
    expect(mean.loss).toBeCloseTo(31 / 12, 12);
    expect(mean.accuracy).toBeCloseTo(2 / 12, 12);
    expect(mean.perplexity).toBeCloseTo(Math.exp(31 / 12), 9);
  });
});

function atTimes(windowSeconds: number) {
  const now = { seconds: 100 };
  return { now, throughput: createThroughput(windowSeconds, () => now.seconds) };
}

describe('createThroughput', () => {
  it('counts from its start until the window is full, then forgets what is older', () => {
    const { now, throughput } = atTimes(10);
    const speeds: number[] = [];
    expect(throughput.perSecond()).toBe(0);
    for (let second = 1; second <= 20; second += 1) {
      now.seconds = 100 + second;
      throughput.add(second <= 10 ? 50 : 200);
      speeds.push(throughput.perSecond());
    }
    expect([speeds[0], speeds[3], speeds[9], speeds[19]]).toEqual([50, 50, 50, 200]);
  });

  it('falls while nothing is done', () => {
    const { now, throughput } = atTimes(10);
    now.seconds = 101;
    throughput.add(100);
    now.seconds = 105;
    expect(throughput.perSecond()).toBe(20);
  });

  it('counts a step that is longer than the window whole', () => {
    const { now, throughput } = atTimes(1);
    for (let i = 1; i <= 3; i += 1) {
      now.seconds = 100 + 5 * i;
      throughput.add(500);
    }
    expect(throughput.perSecond()).toBe(100);
  });
});
