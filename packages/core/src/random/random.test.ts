import { describe, expect, it } from 'vitest';
import { fillNormal, fillWords, randomUniform, randomWord, streamOf } from './random.js';

const key = { seed: 1337, stream: streamOf('test'), step: 5 };

describe('random numbers by key and index', () => {
  it('names streams by the FNV-1a hash', () => {
    // Published FNV-1a vectors: the empty string and "foobar".
    expect(streamOf('')).toBe(0x811c9dc5);
    expect(streamOf('foobar')).toBe(0xbf9cf968);
  });

  it('reads counter and key as (index, step, stream) and seed: the zero key is the published vector', () => {
    const zero = { seed: 0, stream: 0, step: 0 };
    expect([0, 1, 2, 3].map((i) => randomWord(zero, i))).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  });

  it('fills with the same words that single draws give, at any length', () => {
    for (const length of [0, 1, 3, 4, 5, 17]) {
      const filled = fillWords(key, new Uint32Array(length));
      expect([...filled]).toEqual(Array.from({ length }, (_, i) => randomWord(key, i)));
    }
  });

  it('changes with seed (all 53 bits), stream and step', () => {
    const others = [
      { ...key, seed: key.seed + 2 ** 40 },
      { ...key, stream: key.stream + 1 },
      { ...key, step: key.step + 1 },
    ];
    for (const other of others) expect(randomWord(other, 0)).not.toBe(randomWord(key, 0));
  });

  it('draws uniform numbers with the right mean and bounds', () => {
    const draws = Array.from({ length: 20_000 }, (_, i) => randomUniform(key, i));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    // Five standard errors of the mean of 20,000 uniform draws: 5 * 0.2887 / sqrt(20000).
    expect(Math.abs(draws.reduce((a, b) => a + b) / draws.length - 0.5)).toBeLessThan(0.0103);
  });

  it('draws normal numbers with the right moments', () => {
    const out = fillNormal(key, new Float32Array(100_001), 0.02);
    const mean = out.reduce((a, b) => a + b, 0) / out.length;
    const deviation = Math.sqrt(out.reduce((a, b) => a + (b - mean) ** 2, 0) / out.length);
    const kurtosis = out.reduce((a, b) => a + ((b - mean) / deviation) ** 4, 0) / out.length;
    expect(Math.abs(mean)).toBeLessThan((5 * 0.02) / Math.sqrt(out.length));
    expect(Math.abs(deviation / 0.02 - 1)).toBeLessThan(0.012);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.08);
  });
});
