import type { ParamTree, Tokenizer } from '@sheep/core';
import { generate, type Gpt } from '@sheep/model';

/** Well below 1: small models write better where they are sure. */
export const SAMPLE_TEMPERATURE = 0.5;

/** How a sample is made while training. */
export interface SampleOptions {
  readonly model: Gpt;
  readonly tokenizer: Tokenizer;
  readonly prompt: string;
  readonly maxNewTokens: number;
  readonly seed: number;
}

/** A text that the model writes after a prompt, the prompt included: the same for the same parameters and seed. */
export async function writeSample(params: ParamTree, options: SampleOptions): Promise<string> {
  const { model, tokenizer, prompt, maxNewTokens, seed } = options;
  const stop = tokenizer.endOfText === undefined ? {} : { stopAt: tokenizer.endOfText };
  const settings = { maxNewTokens, seed, temperature: SAMPLE_TEMPERATURE, ...stop };
  const ids = [...tokenizer.encode(prompt)];
  for await (const id of generate(model, params, [...ids], settings)) ids.push(id);
  return tokenizer.decode(ids);
}
