import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BackendName, useBackend } from '@sheep/backend';
import { train } from '@sheep/train';
import { memory } from '@tensorflow/tfjs-core';
import { readConfigFile } from '../../packages/cli/src/config/read.js';
import { resolveConfig } from '../../packages/cli/src/config/resolve.js';
import { openCheckpoints } from '../../packages/cli/src/run/checkpoint.js';
import { planRun } from '../../packages/cli/src/run/plan.js';
import { makeOptimizer, trainOptions } from '../../packages/cli/src/run/train-options.js';
import type { Screen } from '../../packages/cli/src/screen/screen.js';

/** How long to train on what. */
export interface MemoryOptions {
  /** An empty folder for checkpoints. */
  readonly folder: string;
  readonly steps: number;
  readonly backend: BackendName;
}

/** What a run held at some steps. */
export interface MemoryFigures {
  /** Each number of live tensors that was seen: one entry where it is flat. So with the bytes of both kinds. */
  readonly tensors: readonly number[];
  readonly tensorBytes: readonly number[];
  readonly heapBytes: readonly number[];
  /** Resident set at step 500, or a tenth of the run where that is sooner, and at the end, megabytes. */
  readonly residentBefore: number;
  readonly residentAfter: number;
}

const silent: Screen = { status() {}, note() {}, facts() {}, start() {}, event() {}, close() {} };
const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;

/** What the process holds once what JavaScript dropped is collected, where it was started with --expose-gc. */
function resident(): number {
  globalThis.gc?.();
  return megabytes(process.memoryUsage.rss());
}

/** Trains by the nano recipe, with its evaluations, samples and checkpoints, and looks at the memory after every reading. */
export async function measureMemory({ folder, steps, backend: name }: MemoryOptions): Promise<MemoryFigures> {
  const backend = await useBackend(name);
  const recipe = fileURLToPath(new URL('../../examples/recipes/nano-stories.yaml', import.meta.url));
  const changes = { backend: name, train: { maxSteps: steps, earlyStopping: { patience: null } } };
  const layers = [await readConfigFile(recipe), { origin: 'torture', values: changes, commandLine: false }];
  const plan = await planRun(resolveConfig(layers), undefined, silent);
  const extra = () => ({ metricsLength: 0, kernelBuild: backend.build, dataHash: plan.dataHash });
  const checkpoints = openCheckpoints(join(folder, 'checkpoints'), plan, extra);
  const start = { optimizer: makeOptimizer(plan.config.train), checkpoints, from: undefined, stopAfter: undefined };
  const seen = { tensors: new Set<number>(), tensorBytes: new Set<number>(), heapBytes: new Set<number>() };
  const settled = Math.min(500, steps / 10);
  let residentBefore: number | undefined;
  for await (const event of train(trainOptions(plan, start))) {
    if (event.type !== 'step' || event.step % plan.config.train.logEvery !== 0 || event.step < settled) continue;
    residentBefore ??= resident();
    seen.tensors.add(memory().numTensors);
    seen.tensorBytes.add(memory().numBytes);
    if (backend.memory) seen.heapBytes.add(backend.memory.bytesInUse);
  }
  const [tensors, tensorBytes, heapBytes] = [seen.tensors, seen.tensorBytes, seen.heapBytes].map((set) => [...set]);
  return { tensors, tensorBytes, heapBytes, residentBefore: residentBefore ?? Number.NaN, residentAfter: resident() };
}
