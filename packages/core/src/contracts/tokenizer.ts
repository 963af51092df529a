/** Text to token ids and back. */
export interface Tokenizer {
  /** Short name for people, as in `char` or `gpt2`. */
  readonly name: string;
  /** How many ids there are: every id is below it. */
  readonly vocabSize: number;
  /** Special tokens by their text, as in `<|endoftext|>` → 50256. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /** The id that joins documents and ends a generated text; undefined where the vocabulary has none. */
  readonly endOfText: number | undefined;
  /**
   * The ids of a text. A special token's text inside it is read as plain text.
   * @throws SheepError `bad-input` where a character is not in the vocabulary.
   */
  encode(text: string): Uint32Array;
  /** The text of ids. Special tokens come out as their text, bytes that are not UTF-8 as U+FFFD. */
  decode(ids: ArrayLike<number>): string;
  /** The content of `tokenizer.json`. */
  toJSON(): TokenizerJson;
}

/** A parsed `tokenizer.json`: plain JSON, Hugging Face's layout. */
export type TokenizerJson = { readonly [key: string]: unknown };
