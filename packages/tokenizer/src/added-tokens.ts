/** The `added_tokens` of a `tokenizer.json`: special tokens, found in the text as they stand. */
export function addedTokens(specialTokens: ReadonlyMap<string, number>): object[] {
  return [...specialTokens].map(([content, id]) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
}
