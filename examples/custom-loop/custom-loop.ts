// A GPT learns to write stories, in a loop that is all here. The parts: text -> tokens -> batches -> steps -> text.
import { setImmediate } from 'node:timers/promises';
import { useBackend } from '@sheep/backend';
import type { ParamTree } from '@sheep/core';
import { generateStories, sequentialBatches, shuffledBatches, splitTokens } from '@sheep/data';
import { generate, gpt } from '@sheep/model';
import { disposeTree } from '@sheep/ops';
import { charTokenizer } from '@sheep/tokenizer';
import { adamw, chain, clipByGlobalNorm, evaluate, trainStep, warmupCosine } from '@sheep/train';
import { dispose } from '@tensorflow/tfjs-core';

const seed = 1337;
const totalSteps = 120;
const contextLength = 64;

const backend = await useBackend('auto');
say(`computing on ${backend.name}`);

const text = generateStories({ bytes: 200_000 });
const tokenizer = charTokenizer(text);
const { training, validation } = splitTokens(tokenizer.encode(text), 0.1);
const data = shuffledBatches({ tokens: training, contextLength, batchSize: 8, seed });
const unseen = sequentialBatches({ tokens: validation, contextLength, batchSize: 8, maxBatches: 4 });

const model = gpt({
  vocabSize: tokenizer.vocabSize,
  contextLength,
  layerCount: 2,
  headCount: 2,
  embeddingSize: 64,
  feedForwardSize: 256,
  initializerRange: 0.06,
  dropout: 0,
});
const params = model.init(seed);
const optimizer = chain(clipByGlobalNorm(1), adamw({ betas: [0.9, 0.99], weightDecay: 0.1 }));
const optimizerState = optimizer.init(params);
const schedule = warmupCosine({ learningRate: 5e-3, minLearningRate: 5e-4, warmupSteps: 10, totalSteps });

let step = 0;
for await (const batch of data.open()) {
  step += 1;
  const context = { seed, step };
  const learningRate = schedule(step);
  const result = trainStep({ model, params, optimizer, optimizerState, batches: [batch], context, learningRate });

  // Reading waits for the device: only where something is told.
  if (step === 1 || step % 30 === 0) {
    const [loss, norm] = [(await result.loss.data())[0] / result.count, (await result.gradientNorm.data())[0]];
    const { loss: unseenLoss } = await evaluate(model, params, unseen);
    const told = `loss ${loss.toFixed(3)}, validation ${unseenLoss.toFixed(3)}`;
    say(`step ${step}/${totalSteps}: ${told}, gradient norm ${norm.toFixed(2)}`);
  }
  dispose([result.loss, result.correct, result.gradientNorm]);
  await setImmediate(); // signals and timers have their turn
  if (step === totalSteps) break;
}

say(`\n${await write(params, 'Once upon a time', 160)}`);
[params, optimizerState].forEach(disposeTree);

/** A prompt and what the model writes after it. */
async function write(weights: ParamTree, prompt: string, maxNewTokens: number): Promise<string> {
  const ids = [...tokenizer.encode(prompt)];
  const options = { maxNewTokens, temperature: 0.8, seed };
  for await (const id of generate(model, weights, [...ids], options)) ids.push(id);
  return tokenizer.decode(ids);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
