import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { SheepError, type Tokenizer, type TokenizerJson } from '@sheep/core';
import { assertId } from '../ids.js';
import { END_OF_TEXT } from '../special.js';
import { assertWellFormed } from '../well-formed.js';
import { badFile, type TokenizerLayout } from './layout.js';

const END_OF_TEXT_NAMES = [END_OF_TEXT, '<|end_of_text|>', '</s>', '<eos>', '[SEP]'];

/**
 * Any Hugging Face tokenizer, through `@huggingface/tokenizers`. No special tokens are added around a text.
 * @throws SheepError `bad-file` where that library does not take it.
 */
export function foreignTokenizer(layout: TokenizerLayout): Tokenizer {
  const name = typeof layout.model.type === 'string' ? layout.model.type : 'tokenizer.json';
  const specials = layout.added_tokens.filter((token) => token.special === true);
  const specialTokens = new Map(specials.map(({ content, id }) => [content, id]));
  const vocabSize = sizeOf(layout);
  const whole = open(layout);
  // Special tokens that it does not know are plain text to it.
  const plain =
    specials.length === 0
      ? whole
      : open({ ...layout, added_tokens: layout.added_tokens.filter((token) => token.special !== true) });
  const endOfText = END_OF_TEXT_NAMES.find((special) => specialTokens.has(special));
  return {
    name,
    vocabSize,
    specialTokens,
    endOfText: endOfText === undefined ? undefined : specialTokens.get(endOfText),
    encode: (text) => encodeWith(plain, text, name),
    decode: (ids) => {
      const list = Array.from(ids);
      for (const [index, id] of list.entries()) assertId(id, index, vocabSize, name);
      if (list.length === 0) return '';
      return whole.decode(list, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
    },
    toJSON: () => layout as TokenizerJson,
  };
}

function open(layout: TokenizerLayout): HuggingFaceTokenizer {
  const parts = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
  try {
    return new HuggingFaceTokenizer({ ...parts, ...layout }, { unk_token: layout.model.unk_token });
  } catch (error) {
    throw badFile('a tokenizer that @huggingface/tokenizers opens', String(error), error);
  }
}

function encodeWith(tokenizer: HuggingFaceTokenizer, text: string, name: string): Uint32Array {
  const doing = `encoding text with the ${name} tokenizer`;
  assertWellFormed(text, doing);
  if (text === '') return new Uint32Array(0);
  const { ids, tokens } = tokenizer.encode(text, { add_special_tokens: false });
  const unknown = (ids as (number | undefined)[]).indexOf(undefined);
  if (unknown === -1) return Uint32Array.from(ids);
  throw new SheepError('bad-input', {
    doing,
    expected: 'text that its vocabulary covers',
    received: `${JSON.stringify(tokens[unknown])}, which is no token, and there is none for the unknown`,
    remedy: 'remove it from the text or use a tokenizer that knows it',
  });
}

function sizeOf({ model, added_tokens: added }: TokenizerLayout): number {
  let largest = -1;
  if (Array.isArray(model.vocab)) largest = model.vocab.length - 1;
  else for (const id of Object.values(model.vocab as Record<string, number>)) largest = Math.max(largest, id);
  for (const { id } of added) largest = Math.max(largest, id);
  return largest + 1;
}
