import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  randomWord,
  readSafetensors,
  streamOf,
  toFloat32,
  treeToSafetensors,
  type Checkpoint,
  type CheckpointStore,
  type ParamTree,
  type TrainEvent,
} from '@sheep/core';
import { sequentialBatches, shuffledBatches } from '@sheep/data';
import { tensor, tidy, variable } from '@tensorflow/tfjs-core';
import { adamw, chain, clipByGlobalNorm, constant, type TrainOptions, type TrainRun } from '../src/index.js';
import { tinyModel, VOCAB_SIZE } from './tiny-model.js';

/** Each token is the one before plus 1 or 2, so that there is something to learn. */
export function tokens(length: number, seed: number): Uint32Array {
  const text = new Uint32Array(length);
  const key = { seed, stream: streamOf('tiny/text'), step: 0 };
  for (let i = 1; i < length; i += 1) text[i] = (text[i - 1] + 1 + (randomWord(key, i) % 2)) % VOCAB_SIZE;
  return text;
}

/** Batches of 16 tokens, five an epoch. */
export const trainingData = (seed = 3) =>
  shuffledBatches({ tokens: tokens(81, 1), contextLength: 4, stride: 4, batchSize: 4, seed });

/** 42 targets in three batches, the last of which is not full. */
export const validationData = () => sequentialBatches({ tokens: tokens(43, 2), contextLength: 4, batchSize: 4 });

export const tinyOptimizer = () => chain(clipByGlobalNorm(1), adamw({ weightDecay: 0.1 }));

/** The options of a run of twelve steps. */
export function tinyRun(options: Partial<TrainOptions> = {}): TrainOptions {
  return {
    model: tinyModel(),
    data: trainingData(),
    optimizer: tinyOptimizer(),
    schedule: constant(0.03),
    seed: 5,
    maxSteps: 12,
    ...options,
  };
}

/** A store that remembers what it was given, but not the trees. */
export function rememberedCheckpoints(): CheckpointStore & { saved: Pick<Checkpoint, 'state' | 'best'>[] } {
  const saved: Pick<Checkpoint, 'state' | 'best'>[] = [];
  return {
    saved,
    save: async ({ state, best }) => {
      saved.push({ state, best });
      return `memory/${state.step}`;
    },
  };
}

/** All events of a run. */
export async function collect(run: TrainRun): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

/** Events as in `eval 4 best`. */
export const brief = (events: readonly TrainEvent[]): string[] =>
  events.map((event) => `${event.type} ${event.step}${'best' in event && event.best ? ' best' : ''}`);

/** Events of one type. */
export const only = <T extends TrainEvent['type']>(events: readonly TrainEvent[], type: T) =>
  events.filter((event): event is Extract<TrainEvent, { type: T }> => event.type === type);

/** Events without what depends on the clock. */
export const timeless = (events: readonly TrainEvent[]) =>
  events.map((event) => ({ ...event, elapsed: undefined, tokensPerSecond: undefined }));

/** The bytes of what a run changed. */
export async function bytesOf({ params, optimizerState }: TrainRun): Promise<{ params: Buffer; state: Buffer }> {
  const [weights, state] = [await treeToSafetensors(params), await treeToSafetensors(optimizerState)];
  return { params: Buffer.from(weights), state: Buffer.from(state) };
}

/** The weights that a checkpoint publishes. */
export async function readParams(folder: string): Promise<ParamTree> {
  const { tensors } = readSafetensors(await readFile(join(folder, 'model.safetensors')));
  return tidy(() =>
    Object.fromEntries(
      [...tensors].map(([name, stored]) => [name, variable(tensor(toFloat32(stored), [...stored.shape]))]),
    ),
  );
}
