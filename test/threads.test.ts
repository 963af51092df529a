import { createHash } from 'node:crypto';
import { useBackend } from '@sheep/backend';
import { treeToSafetensors } from '@sheep/core';
import { generateStories, shuffledBatches } from '@sheep/data';
import { gpt } from '@sheep/model';
import { disposeTree } from '@sheep/ops';
import { charTokenizer } from '@sheep/tokenizer';
import { adamw, chain, clipByGlobalNorm, train, warmupCosine } from '@sheep/train';
import { engine, memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

const text = generateStories({ bytes: 20_000 });
const tokenizer = charTokenizer(text);
const [seed, maxSteps] = [1337, 50];

/** Trains with dropout, at sizes that no tile divides, and tells every loss and a hash of the weights. */
async function trainOn(threads: number) {
  await useBackend('wasm', { threads });
  const data = { tokens: tokenizer.encode(text), contextLength: 37, batchSize: 5, seed };
  const sizes = { layerCount: 2, headCount: 3, embeddingSize: 54, feedForwardSize: 200 };
  const { vocabSize } = tokenizer;
  const run = train({
    model: gpt({ ...sizes, vocabSize, contextLength: data.contextLength, initializerRange: 0.06, dropout: 0.1 }),
    data: shuffledBatches(data),
    optimizer: chain(clipByGlobalNorm(1), adamw({ weightDecay: 0.1 })),
    schedule: warmupCosine({ learningRate: 5e-3, minLearningRate: 5e-4, warmupSteps: 5, totalSteps: maxSteps }),
    seed,
    maxSteps,
    logEvery: 1,
  });
  const [losses, living]: [(number | undefined)[], unknown[]] = [[], []];
  for await (const event of run) {
    if (event.type !== 'step') continue;
    losses.push(event.loss);
    living.push({ ...memory(), buffers: engine().state.numDataBuffers });
  }
  const weights = createHash('sha256')
    .update(await treeToSafetensors(run.params))
    .digest('hex');
  [run.params, run.optimizerState].forEach(disposeTree);
  return { losses, weights, living };
}

describe('a run of 50 steps on wasm', () => {
  it('has the same bits with 1, 2, 3, 4 and 7 threads, and the tensors and bytes of its heap are flat', async () => {
    const alone = await trainOn(1);
    expect(alone.losses.length).toBe(maxSteps);
    expect(alone.losses.at(-1)).toBeLessThan(0.8 * alone.losses[0]!);
    expect(new Set(alone.living.slice(2).map((one) => JSON.stringify(one))).size).toBe(1);
    for (const threads of [2, 3, 4, 7]) {
      const { losses, weights } = await trainOn(threads);
      expect({ threads, losses, weights }).toEqual({ threads, losses: alone.losses, weights: alone.weights });
    }
  }, 120_000);
});
