import type { Tokenizer } from '@sheep/core';

/** The special token that joins documents and ends a generated text, as in all of OpenAI's encodings. */
export const END_OF_TEXT = '<|endoftext|>';

/**
 * The ids of a text in which the tokenizer's special tokens stand for themselves: each occurrence of
 * `<|endoftext|>` becomes its one id, where `encode` reads it as plain text. Where one special token begins another,
 * the longer is taken.
 *
 * Use it for text of your own making only: in text from strangers a special token is a way to break out.
 *
 * @throws SheepError `bad-input` as `encode` does.
 */
export function encodeWithSpecials(tokenizer: Tokenizer, text: string): Uint32Array {
  const parts = splitAtSpecials(tokenizer, text).map((part) => {
    const id = tokenizer.specialTokens.get(part);
    return id === undefined ? tokenizer.encode(part) : Uint32Array.of(id);
  });
  const ids = new Uint32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    ids.set(part, offset);
    offset += part.length;
  }
  return ids;
}

function splitAtSpecials(tokenizer: Tokenizer, text: string): string[] {
  const specials = [...tokenizer.specialTokens.keys()].sort((a, b) => b.length - a.length);
  if (specials.length === 0) return [text];
  const escaped = specials.map((special) => special.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  return text.split(new RegExp(`(${escaped.join('|')})`, 'u')).filter((part) => part !== '');
}
