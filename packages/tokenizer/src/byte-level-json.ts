import type { TokenizerJson } from '@sheep/core';
import { addedTokens } from './added-tokens.js';
import { printableBytes } from './byte-string.js';

/** What decides the ids of a byte-level BPE. */
export interface ByteLevelParts {
  /** The byte string of each id, special tokens left out. */
  readonly tokens: readonly string[];
  /** Pairs of byte strings, first merged first. */
  readonly merges: readonly (readonly [left: string, right: string])[];
  /** How text is cut before merging: a regular expression, `'gpt2'` for the one built into the format, null for not. */
  readonly pattern: string | null;
  readonly specialTokens: ReadonlyMap<string, number>;
}

/** `tokenizer.json` of a byte-level BPE, in the layout of Hugging Face's GPT-2. */
export function byteLevelJson({ tokens, merges, pattern, specialTokens }: ByteLevelParts): TokenizerJson {
  const vocab = [...tokens.map((token, id) => [printableBytes(token), id] as const), ...specialTokens];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(specialTokens),
    normalizer: null,
    pre_tokenizer: preTokenizer(pattern),
    post_processor: null,
    decoder: byteLevel(true),
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocab),
      merges: merges.map((pair) => pair.map(printableBytes)),
    },
  };
}

function byteLevel(useRegex: boolean): object {
  return { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: useRegex };
}

function preTokenizer(pattern: string | null): object {
  if (pattern === null || pattern === 'gpt2') return byteLevel(pattern === 'gpt2');
  const split = { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
  return { type: 'Sequence', pretokenizers: [split, byteLevel(false)] };
}
