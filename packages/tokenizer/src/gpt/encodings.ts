import { END_OF_TEXT } from '../special.js';

/** The encodings of OpenAI's models; `r50k_base` is another name of `gpt2`. */
export type GptEncodingName = 'gpt2' | 'r50k_base' | 'cl100k_base' | 'o200k_base';

/** A token as gpt-tokenizer stores it: its text, or its bytes where they are not UTF-8. The index is the rank. */
export type RawRanks = readonly (string | readonly number[])[];

/** What a GPT encoding is, apart from its ranks. */
export interface GptEncoding {
  /** Cuts text into the pieces that are merged within; together they are the whole text. */
  readonly pattern: string;
  /** How `tokenizer.json` says the pattern. */
  readonly jsonPattern: string;
  readonly specialTokens: ReadonlyMap<string, number>;
  readonly loadRanks: () => Promise<{ readonly default: RawRanks }>;
}

// tiktoken's patterns, written so that JavaScript and Oniguruma (which Hugging Face's library uses) read them alike:
// white space by its property, since JavaScript's \s has U+FEFF and lacks U+0085; ſ beside s, the one other character
// that ignoring case brings in; no possessive quantifiers, which change none of these matches; no $, which is also a
// line's end in Oniguruma.
const SPACE = String.raw`\p{White_Space}`;
const OTHER = String.raw`[^\p{White_Space}\p{L}\p{N}]`;
const BEFORE_WORD = String.raw`[^\r\n\p{L}\p{N}]`;
const CONTRACTION = `'(?:[sSſdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])`;
const TRAILING = String.raw`${SPACE}+(?!\P{White_Space})`;
const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;

const GPT2_PATTERN = String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?${OTHER}+|${TRAILING}|${SPACE}+`;
const CL100K_PATTERN = String.raw`${CONTRACTION}|${BEFORE_WORD}?\p{L}+|\p{N}{1,3}| ?${OTHER}+[\r\n]*|${SPACE}+(?![\s\S])|${SPACE}*[\r\n]|${TRAILING}|${SPACE}`;
const O200K_PATTERN = String.raw`${BEFORE_WORD}?${UPPER}*${LOWER}+(?:${CONTRACTION})?|${BEFORE_WORD}?${UPPER}+${LOWER}*(?:${CONTRACTION})?|\p{N}{1,3}| ?${OTHER}+[\r\n/]*|${SPACE}*[\r\n]+|${TRAILING}|${SPACE}+`;

const gpt2: GptEncoding = {
  pattern: GPT2_PATTERN,
  jsonPattern: 'gpt2',
  specialTokens: new Map([[END_OF_TEXT, 50_256]]),
  loadRanks: () => import('gpt-tokenizer/bpeRanks/r50k_base'),
};

/**
 * The encodings by name. The ranks are gpt-tokenizer's; patterns and special tokens are tiktoken's, from which those
 * of gpt-tokenizer differ (white space; `<|endofprompt|>` of o200k_base).
 *
 * @see tiktoken 0.14, tiktoken_ext/openai_public.py.
 */
export const gptEncodings: Readonly<Record<GptEncodingName, GptEncoding>> = {
  gpt2,
  r50k_base: gpt2,
  cl100k_base: {
    pattern: CL100K_PATTERN,
    jsonPattern: CL100K_PATTERN,
    specialTokens: new Map([
      [END_OF_TEXT, 100_257],
      ['<|fim_prefix|>', 100_258],
      ['<|fim_middle|>', 100_259],
      ['<|fim_suffix|>', 100_260],
      ['<|endofprompt|>', 100_276],
    ]),
    loadRanks: () => import('gpt-tokenizer/bpeRanks/cl100k_base'),
  },
  o200k_base: {
    pattern: O200K_PATTERN,
    jsonPattern: O200K_PATTERN,
    specialTokens: new Map([
      [END_OF_TEXT, 199_999],
      ['<|endofprompt|>', 200_018],
    ]),
    loadRanks: () => import('gpt-tokenizer/bpeRanks/o200k_base'),
  },
};
