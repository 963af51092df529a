import { SheepError, type Tokenizer } from '@sheep/core';
import { tokenizeDocuments } from './documents.js';
import type { Example } from './examples.js';

/** The token ids of an example. */
export interface TokenizedExample {
  readonly tokens: Uint32Array;
  /** How many of the first tokens are only given, and never a target. */
  readonly promptLength: number;
}

/** What {@link tokenizeExamples} makes. */
export interface TokenizedExamples {
  readonly examples: readonly TokenizedExample[];
  /** How many were longer than the context, and lost their end. */
  readonly cut: number;
}

function nothingToLearn({ name }: Example, contextLength: number, promptLength: number, length: number): SheepError {
  return new SheepError('bad-input', {
    doing: `reading ${name}`,
    expected: `a token to learn within the ${contextLength + 1} of a context and the one after it`,
    received: `${length} tokens, of which ${promptLength} are the prompt's`,
    remedy: promptLength > contextLength ? 'shorten the prompt, or take a longer context' : 'write a longer example',
  });
}

function tokenize(example: Example, tokenizer: Tokenizer, contextLength: number): TokenizedExample & { cut: boolean } {
  const { name, prompt, completion } = example;
  const [given, learned] = [prompt, completion].map((text) =>
    text === '' ? new Uint32Array(0) : tokenizeDocuments([{ name, text }], tokenizer),
  );
  const end = tokenizer.endOfText === undefined ? [] : [tokenizer.endOfText];
  const all = Uint32Array.from([...given, ...learned, ...end]);
  const tokens = all.slice(0, contextLength + 1);
  // The first token of all follows nothing, so it is no target either.
  if (tokens.length <= Math.max(1, given.length)) {
    throw nothingToLearn(example, contextLength, given.length, all.length);
  }
  return { tokens, promptLength: given.length, cut: tokens.length < all.length };
}

/**
 * The token ids of examples: prompt, completion, end-of-text. Prompt and completion are encoded apart, so that no token
 * belongs to both. A tokenizer without an end-of-text id adds nothing: its models never learn where a text ends.
 *
 * @param contextLength tokens that the model sees: an example of more than this and one loses its end.
 * @throws SheepError as the tokenizer does, and `bad-input` where nothing of an example could be learned: both with its
 *   name.
 */
export function tokenizeExamples(
  examples: readonly Example[],
  tokenizer: Tokenizer,
  contextLength: number,
): TokenizedExamples {
  const tokenized = examples.map((example) => tokenize(example, tokenizer, contextLength));
  return {
    examples: tokenized.map(({ tokens, promptLength }) => ({ tokens, promptLength })),
    cut: tokenized.filter(({ cut }) => cut).length,
  };
}
