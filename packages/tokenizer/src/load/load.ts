import type { Tokenizer } from '@sheep/core';
import { byteTokenizer } from '../byte.js';
import { charTokenizerOf } from '../char.js';
import type { GptEncodingName } from '../gpt/encodings.js';
import { gptTokenizer } from '../gpt/gpt.js';
import { checkLayout, type TokenizerLayout } from './layout.js';
import { sameMeaning } from './meaning.js';

/**
 * The tokenizer of a parsed `tokenizer.json`.
 *
 * A file that means exactly one of this package's own tokenizers, whoever wrote it, becomes that one, as fast as it
 * is; r50k_base comes back as gpt2, which it equals. Any other goes through `@huggingface/tokenizers`.
 *
 * A regular expression in the file is run on the texts that are encoded, so a file from a stranger can make encoding slow.
 *
 * @param json what `JSON.parse` made of the file.
 * @throws SheepError `bad-file` for anything else than a tokenizer.
 */
export async function loadTokenizer(json: unknown): Promise<Tokenizer> {
  const layout = checkLayout(json);
  const own = await guess(layout);
  if (own && sameMeaning(checkLayout(own.toJSON()), layout)) return own;
  // Loaded only where it is needed: it brings a library with it.
  const { foreignTokenizer } = await import('./foreign.js');
  return foreignTokenizer(layout);
}

const encodingByMerges: ReadonlyMap<number, GptEncodingName> = new Map([
  [50_000, 'gpt2'],
  [100_000, 'cl100k_base'],
  [199_742, 'o200k_base'],
]);

/** Which of our own a file may be, by its kind of model and its size. */
async function guess({ model }: TokenizerLayout): Promise<Tokenizer | undefined> {
  if (model.type === 'WordLevel') return guessChar(model.vocab);
  if (!Array.isArray(model.merges)) return undefined;
  if (model.merges.length === 0) return byteTokenizer();
  const encoding = encodingByMerges.get(model.merges.length);
  return encoding && gptTokenizer(encoding);
}

function guessChar(vocab: object): Tokenizer | undefined {
  const byId = Object.entries(vocab as Record<string, number>).sort(([, a], [, b]) => a - b);
  const characters = byId.slice(0, -1).map(([token]) => token);
  const wellFormed = characters.every((token) => /^\P{Surrogate}$/u.test(token));
  return wellFormed && characters.length > 0 ? charTokenizerOf(characters) : undefined;
}
