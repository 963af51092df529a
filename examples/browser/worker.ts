// Trains in a worker, so that the page's own thread stays free.
import { useBackend } from '@sheep/backend';
import type { ParamTree } from '@sheep/core';
import { generateStories, sequentialBatches, shuffledBatches, splitTokens } from '@sheep/data';
import { countParameters, generate, gpt, presets } from '@sheep/model';
import { disposeTree } from '@sheep/ops';
import { charTokenizer } from '@sheep/tokenizer';
import { adamw, chain, clipByGlobalNorm, train, warmupCosine, type TrainRun } from '@sheep/train';
import type { Command, WorkerEvent } from './messages.js';

const seed = 1337;
let run: TrainRun | undefined;

const tell = (event: WorkerEvent): void => postMessage(event);

addEventListener('message', ({ data }: MessageEvent<Command>) => {
  if (data.type === 'stop') run?.stop();
  else learn(data.steps).catch((error: unknown) => tell({ type: 'failure', message: String(error) }));
});

/** A run from fresh parameters to its last step, or until it is stopped. */
async function learn(steps: number): Promise<void> {
  const { name, build, threads = 1 } = await useBackend('wasm');
  const text = generateStories({ bytes: 1_000_000 });
  const tokenizer = charTokenizer(text);
  const { training, validation } = splitTokens(tokenizer.encode(text), 0.1);
  const config = { ...presets.nano, vocabSize: tokenizer.vocabSize, dropout: 0 };
  const model = gpt(config);
  const sizes = { contextLength: config.contextLength, batchSize: 12 };
  const [learningRate, warmupSteps] = [6e-3, Math.ceil(steps / 10)];

  const sample = async (params: ParamTree): Promise<string> => {
    const ids = [...tokenizer.encode('Once upon a time')];
    const options = { maxNewTokens: 180, temperature: 0.8, seed };
    for await (const id of generate(model, params, [...ids], options)) ids.push(id);
    return tokenizer.decode(ids);
  };

  run = train({
    model,
    data: shuffledBatches({ tokens: training, ...sizes, seed }),
    validation: sequentialBatches({ tokens: validation, ...sizes, maxBatches: 10 }),
    optimizer: chain(clipByGlobalNorm(1), adamw({ betas: [0.9, 0.99], weightDecay: 0.1 })),
    schedule: warmupCosine({ learningRate, minLearningRate: learningRate / 10, warmupSteps, totalSteps: steps }),
    seed,
    maxSteps: steps,
    logEvery: 5,
    evalEvery: 25,
    sample,
    sampleEvery: 50,
  });
  try {
    tell({ type: 'device', backend: name, build, threads, parameters: countParameters(config) });
    for await (const event of run) tell(event);
  } finally {
    [run.params, run.optimizerState].forEach(disposeTree);
  }
}
