import type { Tokenizer } from '@sheep/core';
import { type GptConfig, toHuggingFace } from '@sheep/model';

/** The text of a JSON file. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** What makes a folder of weights a model that Hugging Face's libraries open: the text of each file, by its name. */
export function modelFiles(config: GptConfig, tokenizer: Tokenizer): Record<string, string> {
  return { 'config.json': json(toHuggingFace(config)), 'tokenizer.json': json(tokenizer.toJSON()) };
}
