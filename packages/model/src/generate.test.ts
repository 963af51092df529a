import { useBackend } from '@sheep/backend';
import { randomUniform, SheepError, streamOf, type ParamTree } from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { memory, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate, type GenerateOptions } from './generate.js';
import { gpt } from './gpt.js';
import { sampleToken, type SamplingOptions } from './sampling.js';

const sizes = { vocabSize: 61, contextLength: 16, layerCount: 2, headCount: 2, embeddingSize: 24, feedForwardSize: 96 };
const model = gpt({ ...sizes, dropout: 0.1, initializerRange: 0.3 });
let params: ParamTree;

beforeAll(async () => {
  await useBackend('tfjs-wasm');
  params = model.init(1337);
});
afterAll(() => disposeTree(params));

async function textOf(prompt: number[], options: GenerateOptions): Promise<number[]> {
  const ids: number[] = [];
  for await (const id of generate(model, params, prompt, options)) ids.push(id);
  return ids;
}

/** The token after `ids`, chosen from the logits of the whole sequence with the random number of an index. */
const nextOf = (ids: number[], options: SamplingOptions, seed: number, index: number): number =>
  tidy(() => {
    const logits = model.logits(params, tensor2d([ids], [1, ids.length], 'int32')).dataSync();
    return sampleToken(
      logits.slice(-61),
      options,
      randomUniform({ seed, stream: streamOf('generate'), step: 0 }, index),
    );
  });

const prompt = [5, 17, 33];
const long = Array.from({ length: 23 }, (_, i) => (i * 29 + 3) % 61);

describe('generate', () => {
  it.each([{ temperature: 0 }, { temperature: 0.8 }, { topK: 20 }])(
    'goes on token by token, and slides by half when the context is full: %j',
    async (options) => {
      for (const start of [prompt, long]) {
        const expected: number[] = [];
        for (let i = 0; i < 20; i += 1) {
          const beyond = Math.min(start.length, 16) + i - 16; // tokens that no longer fit
          const seen = beyond <= 0 ? 16 : 8 + ((beyond - 1) % 9);
          expected.push(nextOf([...start, ...expected].slice(-seen), options, 9, i));
        }
        expect(await textOf(start, { ...options, maxNewTokens: 20, seed: 9 })).toEqual(expected);
      }
    },
  );

  it('sees the last tokens of a long prompt and nothing before them', async () => {
    const options = { maxNewTokens: 12, seed: 3 };
    const whole = await textOf(long, options);
    expect(new Set(whole).size).toBeGreaterThan(5);
    expect(await textOf(long.slice(-16), options)).toEqual(whole);
    expect(await textOf([...long.slice(0, -1), 60], options)).not.toEqual(whole);
  });

  it('is a function of prompt, options and seed', async () => {
    const options = { maxNewTokens: 24, temperature: 0.9, topK: 40, seed: 11 };
    const first = await textOf(prompt, options);
    expect(first.length).toBe(24);
    expect(await textOf(prompt, options)).toEqual(first);
    expect(await textOf(prompt, { ...options, seed: 12 })).not.toEqual(first);
    expect(await textOf(prompt, { maxNewTokens: 24, seed: 0 })).toEqual(await textOf(prompt, { maxNewTokens: 24 }));
  });

  it('ends before the token to stop at', async () => {
    const whole = await textOf(prompt, { maxNewTokens: 20, temperature: 0 });
    const stopAt = whole[3];
    expect(await textOf(prompt, { maxNewTokens: 20, temperature: 0, stopAt })).toEqual(
      whole.slice(0, whole.indexOf(stopAt)),
    );
    expect(await textOf(prompt, { maxNewTokens: 0 })).toEqual([]);
  });

  it('leaves no tensor, also where the reader stops early', async () => {
    const before = memory().numTensors;
    await textOf(long, { maxNewTokens: 3 });
    expect(memory().numTensors).toBe(before);
    for await (const id of generate(model, params, prompt, { maxNewTokens: 100 })) {
      expect(id).toBeLessThan(61);
      break;
    }
    expect(memory().numTensors).toBe(before);
  });

  it.each([
    ['an empty prompt', [], {}, 'bad-input', 'a prompt of at least one token below 61, received an empty prompt;'],
    ['a token beyond the vocabulary', [1, 61], {}, 'bad-input', 'received the token 61;'],
    ['a negative token', [-1], {}, 'bad-input', 'received the token -1;'],
    ['a broken token', [1.5], {}, 'bad-input', 'received the token 1.5;'],
    ['a broken count', [1], { maxNewTokens: 1.5 }, 'bad-option', 'maxNewTokens, a whole number from 0, received 1.5;'],
    ['a temperature below 0', [1], { temperature: -1 }, 'bad-option', 'a temperature of 0 or more, received -1;'],
  ] as const)('refuses %s', async (_, ids, options, code, message) => {
    const error: unknown = await textOf([...ids], { maxNewTokens: 1, ...options }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SheepError);
    expect((error as SheepError).code).toBe(code);
    expect((error as SheepError).message).toContain(message);
  });
});
