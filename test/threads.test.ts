import { createHash } from 'node:crypto';
import { useBackend, type BackendName } from '@sheep/backend';
import { treeToSafetensors } from '@sheep/core';
import { generateStories, shuffledBatches } from '@sheep/data';
import { gpt } from '@sheep/model';
import { disposeTree } from '@sheep/ops';
import { charTokenizer } from '@sheep/tokenizer';
import { adamw, chain, clipByGlobalNorm, train, warmupCosine } from '@sheep/train';
import { engine, memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ourBackendsHere } from './backends-here.js';

const text = generateStories({ bytes: 20_000 });
const tokenizer = charTokenizer(text);
const seed = 1337;

// Sizes that no tile divides.
const ODD = { contextLength: 37, batchSize: 5, layerCount: 2, headCount: 3, embeddingSize: 54, feedForwardSize: 200 };
const TINY = { contextLength: 9, batchSize: 3, layerCount: 2, headCount: 2, embeddingSize: 18, feedForwardSize: 40 };

/** Trains with dropout, and tells every loss, a hash of the weights, and what was in memory at each step. */
async function trainOn(backend: BackendName, threads: number, { batchSize, ...sizes }: typeof ODD, maxSteps: number) {
  await useBackend(backend, { threads });
  const { contextLength } = sizes;
  const data = { tokens: tokenizer.encode(text), contextLength, batchSize, seed };
  const { vocabSize } = tokenizer;
  const run = train({
    model: gpt({ ...sizes, vocabSize, initializerRange: 0.06, dropout: 0.1 }),
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

describe.each(ourBackendsHere)('a run on %s', (backend) => {
  it('has the same bits with 1, 2, 3, 4 and 7 threads', async () => {
    const alone = await trainOn(backend, 1, ODD, 50);
    expect(alone.losses.length).toBe(50);
    expect(alone.losses.at(-1)).toBeLessThan(0.8 * alone.losses[0]!);
    for (const threads of [2, 3, 4, 7]) {
      const { losses, weights } = await trainOn(backend, threads, ODD, 50);
      expect({ threads, losses, weights }).toEqual({ threads, losses: alone.losses, weights: alone.weights });
    }
  }, 120_000);

  it('has the same tensors and the same bytes of its heap at each of 2,000 steps', async () => {
    const { living } = await trainOn(backend, 2, TINY, 2000);
    expect(living.length).toBe(2000);
    expect(living[0]).toMatchObject({
      heapBytes: expect.any(Number) as number,
      heapBytesInUse: expect.any(Number) as number,
    });
    expect(new Set(living.slice(2).map((one) => JSON.stringify(one))).size).toBe(1);
  }, 120_000);
});

// With a fused multiply-add, which relaxed SIMD has wherever the processor does.
it.runIf(ourBackendsHere.includes('cpu'))(
  'a run on cpu has the bits of one on wasm',
  async () => {
    const [native, wasm] = [await trainOn('cpu', 2, ODD, 50), await trainOn('wasm', 2, ODD, 50)];
    expect({ losses: native.losses, weights: native.weights }).toEqual({ losses: wasm.losses, weights: wasm.weights });
  },
  60_000,
);
