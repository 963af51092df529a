// A loop with two players, as a GAN has them. The writer writes texts; the critic learns to tell them from real ones; the
// writer learns from real texts and from those of its own that the critic takes for real. Each player has weights, moments
// and a rate of its own, and all are one checkpoint: killed at any instant it goes on from the newest. two-players.ts FOLDER
import { setImmediate } from 'node:timers/promises';
import { useBackend } from '@sheep/backend';
import { randomUniform, streamOf, type Batch, type ParamTree, type Position } from '@sheep/core';
import { generateStories, shuffledBatches } from '@sheep/data';
import { gpt, sampleToken, type Gpt } from '@sheep/model';
import { disposeTree } from '@sheep/ops';
import { charTokenizer } from '@sheep/tokenizer';
import { adamw, chain, clipByGlobalNorm, trainStep } from '@sheep/train';
import { loadCheckpoint, saveCheckpoint } from '@sheep/train/node';
import { dispose, tensor2d } from '@tensorflow/tfjs-core';

const [seed, steps, readingSteps, saveEvery] = [1337, 250, 100, 20];
const [length, rows, chosenRows] = [32, 32, 8];
/** What the critic says of each character: tokens like any other, so that it is a language model like any other. */
const [WRITTEN, REAL] = [0, 1];

const folder = process.argv[2] ?? 'runs/two-players';
await useBackend('auto');
const text = generateStories({ bytes: 100_000 });
const words = new Set(text.match(/[a-z]+/gi));
const tokenizer = charTokenizer(text);
const data = shuffledBatches({ tokens: tokenizer.encode(text), contextLength: length, batchSize: rows, seed });
const sizes = { layerCount: 2, headCount: 2, feedForwardSize: 256, embeddingSize: 64, initializerRange: 0.06 };
const makeModel = () => gpt({ vocabSize: tokenizer.vocabSize, contextLength: length, dropout: 0, ...sizes });

/** A model, what trains it, and its trees. */
function player(learningRate: number, start: number) {
  const [model, optimizer] = [makeModel(), chain(clipByGlobalNorm(1), adamw())];
  const params = model.init(start);
  return { model, optimizer, params, optimizerState: optimizer.init(params), learningRate };
}

const writer = player(3e-3, seed);
const critic = player(3e-3, seed + 1);
const trees = {
  params: writer.params, // model.safetensors: the writer is the model that others open
  writerState: writer.optimizerState,
  critic: critic.params,
  criticState: critic.optimizerState,
};
const found = await loadCheckpoint(folder, trees);
let step = found?.step ?? 0;
let position = (found?.state as Position | undefined) ?? { epoch: 0, batch: 0 };
if (found) say(`goes on after step ${step}`);

for await (const real of data.open(position)) {
  if (step === steps) break;
  step += 1;
  if (step <= readingSteps) learn(writer, [real]);
  else await play(real);
  position = real.next;
  await setImmediate(); // signals and timers have their turn
  if (step % saveEvery === 0) await saveCheckpoint(folder, { step, trees, state: position });
}
say(`ended after step ${step}`);
Object.values(trees).forEach(disposeTree);

/** One round: the writer writes, the critic learns to tell, the writer learns from what passes for real. */
async function play(real: Batch): Promise<void> {
  const texts = await write(writer.model, writer.params, step);
  const written = batchOf(texts);
  const correct = learn(critic, [judged(real, REAL), judged(written, WRITTEN)]);
  const scores = await realness(critic.model, critic.params, written);
  const best = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  learn(writer, [real, batchOf(best.slice(0, chosenRows).map((row) => texts[row]))]);
  if (step % 25 !== 0) return;
  const all = texts.flatMap((ids) => tokenizer.decode(ids).match(/(?<=[^a-z])[a-z]+(?=[^a-z])/gi) ?? []);
  const known = all.filter((word) => words.has(word)).length / all.length;
  say(`step ${step}: the critic tells ${percent(correct)}; ${percent(known)} of the written words are words`);
}

/** A step of a player; the share of targets that it had right. */
function learn({ learningRate, ...trained }: ReturnType<typeof player>, batches: readonly Batch[]): number {
  const context = { seed, step };
  const { loss, correct, gradientNorm, count } = trainStep({ ...trained, batches, context, learningRate });
  const share = correct.dataSync()[0] / count;
  dispose([loss, correct, gradientNorm]);
  return share;
}

/** Texts of one character more than the context, each begun with another character of the real ones. */
async function write(model: Gpt, params: ParamTree, round: number): Promise<number[][]> {
  const key = { seed, stream: streamOf('write'), step: round };
  const texts = Array.from({ length: rows }, (_, row) => [
    tokenizer.encode(text[(997 * (row + round)) % text.length])[0],
  ]);
  for (let time = 1; time <= length; time += 1) {
    const ids = tensor2d(texts.flat(), [rows, time], 'int32');
    const logits = model.nextLogits(params, ids);
    const values = await logits.data();
    dispose([ids, logits]);
    texts.forEach((ids, row) => {
      const own = values.subarray(row * tokenizer.vocabSize, (row + 1) * tokenizer.vocabSize);
      ids.push(sampleToken(own, {}, randomUniform(key, time * rows + row)));
    });
  }
  return texts;
}

function batchOf(texts: readonly number[][]): Batch {
  const inputs = Int32Array.from(texts.flatMap((ids) => ids.slice(0, -1)));
  const targets = Int32Array.from(texts.flatMap((ids) => ids.slice(1)));
  return { inputs, targets, shape: [texts.length, length], epoch: 0, next: { epoch: 0, batch: 0 } };
}

/** A batch for the critic: the same verdict is right at every character. */
function judged(batch: Batch, verdict: number): Batch {
  return { ...batch, targets: new Int32Array(batch.targets.length).fill(verdict) };
}

/** How much likelier than not the critic takes each text for real, in nats, after its last character. */
async function realness(model: Gpt, params: ParamTree, { inputs, shape }: Batch): Promise<number[]> {
  const ids = tensor2d(inputs, [...shape], 'int32');
  const logits = model.nextLogits(params, ids);
  const values = await logits.data();
  dispose([ids, logits]);
  return Array.from({ length: shape[0] }, (_, row) => {
    const own = row * tokenizer.vocabSize;
    return values[own + REAL] - values[own + WRITTEN];
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
