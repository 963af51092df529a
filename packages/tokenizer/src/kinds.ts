import { SheepError, type Tokenizer } from '@sheep/core';
import { byteTokenizer } from './byte.js';
import { charTokenizer } from './char.js';
import { gptTokenizer } from './gpt/gpt.js';

type Make = (text: string | Iterable<string> | undefined) => Tokenizer | Promise<Tokenizer>;

const constructors = {
  char: (text) => charTokenizer(text ?? missingText()),
  byte: () => byteTokenizer(),
  gpt2: () => gptTokenizer('gpt2'),
  r50k_base: () => gptTokenizer('r50k_base'),
  cl100k_base: () => gptTokenizer('cl100k_base'),
  o200k_base: () => gptTokenizer('o200k_base'),
} as const satisfies Record<string, Make>;

/** The name of a tokenizer that {@link createTokenizer} makes. */
export type TokenizerKind = keyof typeof constructors;

/** The names that {@link createTokenizer} takes. */
export const tokenizerKinds = Object.keys(constructors) as readonly TokenizerKind[];

/**
 * A tokenizer by the name of its kind.
 *
 * @param text the training text, or its documents; only `char` needs it.
 * @throws SheepError `bad-option` for an unknown kind and for `char` without a text.
 */
export async function createTokenizer(kind: string, text?: string | Iterable<string>): Promise<Tokenizer> {
  if (Object.hasOwn(constructors, kind)) return (constructors as Record<string, Make>)[kind](text);
  throw new SheepError('bad-option', {
    doing: 'making a tokenizer',
    expected: `one of ${tokenizerKinds.join(', ')}`,
    received: JSON.stringify(kind),
    remedy: 'choose one of these',
  });
}

function missingText(): never {
  throw new SheepError('bad-option', {
    doing: 'making a char tokenizer',
    expected: 'the training text, whose characters are the vocabulary',
    received: 'no text',
    remedy: 'give the text, or choose a tokenizer that needs none, as byte or gpt2',
  });
}
