import { SheepError } from '@sheep/core';

/** The tokens that follow each token: those after `a` are `next` from `first[a]` to `first[a + 1]`. */
interface Followers {
  readonly first: Uint32Array;
  readonly next: Uint32Array;
}

function checkIds(tokens: Uint32Array, vocabSize: number): void {
  const index = tokens.findIndex((token) => token >= vocabSize);
  if (index < 0) return;
  throw new SheepError('bad-input', {
    doing: 'computing the bigram baseline',
    expected: `token ids below the vocabulary's size, ${vocabSize}`,
    received: `${tokens[index]} at index ${index}`,
    remedy: 'use the tokenizer that made the tokens',
  });
}

/** Counting sort of all pairs by their first token. */
function followersOf(tokens: Uint32Array, vocabSize: number): Followers {
  const first = new Uint32Array(vocabSize + 1);
  for (let i = 0; i + 1 < tokens.length; i += 1) first[tokens[i] + 1] += 1;
  for (let a = 0; a < vocabSize; a += 1) first[a + 1] += first[a];
  const end = first.slice();
  const next = new Uint32Array(Math.max(0, tokens.length - 1));
  for (let i = 0; i + 1 < tokens.length; i += 1) next[end[tokens[i]]++] = tokens[i + 1];
  return { first, next };
}

/** P(b) = (count(b) + 1) / (N + V). */
function unigram(tokens: Uint32Array, vocabSize: number): Float64Array {
  const probability = new Float64Array(vocabSize).fill(1);
  for (const token of tokens) probability[token] += 1;
  return probability.map((count) => count / (tokens.length + vocabSize));
}

/**
 * Loss of a bigram model, the baseline that a language model has to beat: counted on the training tokens, smoothed after
 * Witten and Bell, which needs no tuning. With c(a) pairs that start with `a` and d(a) different tokens after it,
 *
 *     P(b | a) = (c(a, b) + d(a) P(b)) / (c(a) + d(a)),   P(b) = (count(b) + 1) / (N + V),   P(b | a) = P(b) where c(a) = 0.
 *
 * Memory: two numbers of 32 bits a token and a few an entry of the vocabulary, however many pairs there are.
 *
 * @returns mean cross-entropy in nats over the validation tokens but the first, the same targets that
 *   `sequentialBatches` gives; NaN for fewer than two validation tokens.
 * @throws SheepError `bad-input` for a token id that is not below `vocabSize`.
 * @see Witten and Bell, "The zero-frequency problem", IEEE Transactions on Information Theory 37(4), 1991.
 */
export function bigramLoss(training: Uint32Array, validation: Uint32Array, vocabSize: number): number {
  checkIds(training, vocabSize);
  checkIds(validation, vocabSize);
  const known = followersOf(training, vocabSize);
  const asked = followersOf(validation, vocabSize);
  const backOff = unigram(training, vocabSize);
  const counts = new Uint32Array(vocabSize);
  let loss = 0;
  for (let a = 0; a < vocabSize; a += 1) {
    const questions = asked.next.subarray(asked.first[a], asked.first[a + 1]);
    if (questions.length === 0) continue;
    const followers = known.next.subarray(known.first[a], known.first[a + 1]);
    let distinct = 0;
    for (const b of followers) if (counts[b]++ === 0) distinct += 1;
    const total = followers.length + distinct;
    for (const b of questions) loss -= Math.log(total === 0 ? backOff[b] : (counts[b] + distinct * backOff[b]) / total);
    for (const b of followers) counts[b] = 0;
  }
  return loss / asked.next.length;
}
