import { SheepError } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { checkGptConfig, presets, type GptConfig } from './config.js';
import { countParameters } from './parameters.js';

const config: GptConfig = { ...presets.nano, vocabSize: 65, dropout: 0.1 };

function messageOf(change: Record<string, unknown>): string {
  try {
    checkGptConfig({ ...config, ...change });
  } catch (error) {
    if (error instanceof SheepError && error.code === 'bad-option') {
      return error.message.replace('checking the model configuration: ', '');
    }
    throw error;
  }
  return 'nothing was thrown';
}

describe('checkGptConfig', () => {
  it('takes every preset, with or without what is optional', () => {
    for (const sizes of Object.values(presets)) expect(messageOf(sizes)).toBe('nothing was thrown');
    const optional = { epsilon: 1e-6, initializerRange: 0.1, endOfText: 3 };
    expect(messageOf(optional)).toBe('nothing was thrown');
  });

  it.each(['vocabSize', 'contextLength', 'layerCount', 'headCount', 'embeddingSize', 'feedForwardSize'])(
    'refuses a %s that is no whole number from 1',
    (name) => {
      for (const value of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 53, '4', undefined]) {
        expect(messageOf({ [name]: value })).toBe(
          `expected ${name} to be a whole number from 1, received ${value}; set ${name}`,
        );
      }
    },
  );

  it('refuses heads that do not divide the width', () => {
    expect(messageOf({ headCount: 3 })).toBe(
      'expected embeddingSize to be a multiple of headCount, received embeddingSize 128 and headCount 3; change one of the two',
    );
  });

  it('refuses a dropout, an epsilon or an initializer range out of range', () => {
    for (const initializerRange of [0, -0.02, Number.NaN, Infinity]) {
      expect(messageOf({ initializerRange })).toBe(
        `expected initializerRange above 0, received ${initializerRange}; set initializerRange`,
      );
    }
    for (const dropout of [1, -0.1, Number.NaN]) {
      expect(messageOf({ dropout })).toBe(`expected dropout from 0 to below 1, received ${dropout}; set dropout`);
    }
    for (const epsilon of [0, -1e-5, Number.NaN, Infinity]) {
      expect(messageOf({ epsilon })).toBe(
        `expected an epsilon above 0, received ${epsilon}; leave epsilon out, or set it`,
      );
    }
  });
});

describe('presets', () => {
  it.each([
    ['gpt2', 124_439_808],
    ['gpt2-medium', 354_823_168],
  ] as const)('%s has the parameters of the published model', (name, count) => {
    expect(countParameters({ ...presets[name], vocabSize: 50257, dropout: 0 })).toBe(count);
  });

  it.each([
    ['pico', 12 * 128 ** 2 * 2, 64],
    ['nano', 12 * 128 ** 2 * 4, 64],
    ['tiny', 12 * 192 ** 2 * 6, 128],
    ['small', 12 * 384 ** 2 * 6, 256],
  ] as const)(
    '%s has twelve squares of its width in each layer, biases, norms and embeddings',
    (name, matrices, context) => {
      const { layerCount, embeddingSize: width } = presets[name];
      const vectors = layerCount * 13 * width + 2 * width;
      const expected = matrices + vectors + (context + 65) * width;
      expect(countParameters({ ...presets[name], vocabSize: 65, dropout: 0 })).toBe(expected);
    },
  );

  it('are counted for any number of layers without a list of them', () => {
    const sizes = { ...presets.pico, vocabSize: 65, dropout: 0 };
    const layer = 12 * 128 ** 2 + 13 * 128;
    expect(countParameters({ ...sizes, layerCount: 1e9 }) - countParameters(sizes)).toBe((1e9 - 2) * layer);
  });
});
