import { perplexity } from './perplexity.js';

/** What was measured on some tokens: a model's LossSum, read to the host. */
export interface TokenSum {
  /** Sum of the cross-entropies, in nats. */
  readonly loss: number;
  /** Number of targets that were the most likely token. */
  readonly correct: number;
  /** Number of targets that count. */
  readonly count: number;
}

/** Means over all tokens added so far; NaN before the first. */
export interface TokenMean {
  add(sum: TokenSum): void;
  /** Tokens counted so far. */
  readonly tokens: number;
  /** Mean loss, nats a token. */
  readonly loss: number;
  /** exp(loss). */
  readonly perplexity: number;
  /** Share of the targets that were the most likely token. */
  readonly accuracy: number;
}

/** A mean over tokens, not over batches: exact where batches count different numbers of tokens. */
export function createTokenMean(): TokenMean {
  let loss = 0;
  let correct = 0;
  let tokens = 0;
  return {
    add(sum) {
      loss += sum.loss;
      correct += sum.correct;
      tokens += sum.count;
    },
    get tokens() {
      return tokens;
    },
    get loss() {
      return loss / tokens;
    },
    get perplexity() {
      return perplexity(loss / tokens);
    },
    get accuracy() {
      return correct / tokens;
    },
  };
}
