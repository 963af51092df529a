// A loop with a curriculum: texts of 8 characters first, then of 16, 32 and 64, each length until it is learned well
// enough. Killed at any instant it goes on from its newest checkpoint: curriculum.ts FOLDER
import { setImmediate } from 'node:timers/promises';
import { useBackend } from '@sheep/backend';
import type { Position } from '@sheep/core';
import { generateStories, sequentialBatches, shuffledBatches, splitTokens } from '@sheep/data';
import { gpt, toHuggingFace } from '@sheep/model';
import { disposeTree } from '@sheep/ops';
import { charTokenizer } from '@sheep/tokenizer';
import { adamw, chain, clipByGlobalNorm, evaluate, trainStep } from '@sheep/train';
import { loadCheckpoint, saveCheckpoint } from '@sheep/train/node';
import { dispose } from '@tensorflow/tfjs-core';

/** A length and the validation loss, nats a character, at which the next one begins. */
const LESSONS = [
  { length: 8, enough: 2.4 },
  { length: 16, enough: 2.25 },
  { length: 32, enough: 2.1 },
  { length: 64, enough: 1.9 },
];
const TOKENS_A_STEP = 512;
const [seed, maxSteps] = [1337, 300];

/** What the loop must know to go on. */
interface Progress {
  readonly lesson: number;
  readonly position: Position;
}

const folder = process.argv[2] ?? 'runs/curriculum';
await useBackend('auto');
const text = generateStories({ bytes: 100_000 });
const tokenizer = charTokenizer(text);
const { training, validation } = splitTokens(tokenizer.encode(text), 0.1);
const sizes = { layerCount: 2, headCount: 2, embeddingSize: 64, feedForwardSize: 256, initializerRange: 0.06 };
const model = gpt({ vocabSize: tokenizer.vocabSize, contextLength: 64, dropout: 0, ...sizes });
const files = {
  'config.json': JSON.stringify(toHuggingFace(model.config)),
  'tokenizer.json': JSON.stringify(tokenizer.toJSON()),
};

const params = model.init(seed);
const optimizer = chain(clipByGlobalNorm(1), adamw());
const optimizerState = optimizer.init(params);
const trees = { params, optimizerState };
const found = await loadCheckpoint(folder, trees);
let step = found?.step ?? 0;
let progress: Progress = (found?.state as Progress | undefined) ?? { lesson: 0, position: { epoch: 0, batch: 0 } };
if (found) say(`goes on after step ${step}`);

while (step < maxSteps && progress.lesson < LESSONS.length) {
  const { lesson } = progress;
  const learned = await takeLesson(LESSONS[lesson]);
  if (learned) progress = { lesson: lesson + 1, position: { epoch: 0, batch: 0 } };
  await saveCheckpoint(folder, { step, trees, state: progress, files });
}
say(`ended after step ${step}, in lesson ${Math.min(progress.lesson + 1, LESSONS.length)} of ${LESSONS.length}`);
[params, optimizerState].forEach(disposeTree);

/** Trains on texts of one length; whether it was learned before the steps ran out. */
async function takeLesson({ length: contextLength, enough }: (typeof LESSONS)[number]): Promise<boolean> {
  const batchSize = TOKENS_A_STEP / contextLength;
  const data = shuffledBatches({ tokens: training, contextLength, batchSize, seed });
  const unseen = sequentialBatches({ tokens: validation, contextLength, batchSize, maxBatches: 8 });
  for await (const batch of data.open(progress.position)) {
    step += 1;
    const context = { seed, step };
    const result = trainStep({
      model,
      params,
      optimizer,
      optimizerState,
      batches: [batch],
      context,
      learningRate: 3e-3,
    });
    dispose([result.loss, result.correct, result.gradientNorm]);
    progress = { ...progress, position: batch.next };
    await setImmediate(); // signals and timers have their turn

    if (step % 25 !== 0 && step !== maxSteps) continue;
    const { loss } = await evaluate(model, params, unseen);
    say(`step ${step}: ${contextLength} characters, validation loss ${loss.toFixed(3)}`);
    if (loss < enough || step === maxSteps) return loss < enough;
    await saveCheckpoint(folder, { step, trees, state: progress, files });
  }
  return false;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
