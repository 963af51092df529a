import { mergeBytes, type Ranks } from '../merge.js';

/**
 * The merges that made the tokens, first one first: a token of several bytes was joined from the two parts that its
 * bytes merge to under the ranks below its own.
 *
 * @param tokens byte strings in the order of their ranks.
 */
export function mergesOf(tokens: readonly string[], ranks: Ranks): (readonly [left: string, right: string])[] {
  const merges: (readonly [string, string])[] = [];
  for (const [rank, token] of tokens.entries()) {
    if (token.length < 2) continue;
    const [left, right] = mergeBytes(token, ranks, rank);
    merges.push([left, right]);
  }
  return merges;
}
