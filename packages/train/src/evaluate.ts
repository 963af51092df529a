import type { BatchSource, LanguageModel, ParamTree } from '@sheep/core';
import { macrotask } from './macrotask.js';

/** Means over all targets that count. */
export interface Evaluation {
  /** Nats a token. */
  readonly loss: number;
  /** exp(loss). */
  readonly perplexity: number;
  readonly accuracy: number;
  readonly tokens: number;
}

/** The loss of a model over one epoch of a source, without dropout. */
export async function evaluate(model: LanguageModel, params: ParamTree, source: BatchSource): Promise<Evaluation> {
  let [loss, correct, tokens, seen] = [0, 0, 0, 0];
  for await (const batch of source.open()) {
    const sums = model.loss(params, batch);
    loss += (await sums.loss.data())[0];
    correct += (await sums.correct.data())[0];
    tokens += sums.count;
    sums.loss.dispose();
    sums.correct.dispose();
    await macrotask();
    seen += 1;
    if (seen === source.batchesPerEpoch) break;
  }
  const mean = loss / tokens;
  return { loss: mean, perplexity: Math.exp(mean), accuracy: correct / tokens, tokens };
}
