import { totalmem } from 'node:os';
import type { BackendInUse } from '@sheep/backend';
import { SheepError } from '@sheep/core';
import { countParameters, presets } from '@sheep/model';
import type { RunConfig } from '../config/schema.js';
import { formatBytes } from '../screen/format.js';
import { estimateMemory, type StepSizes } from './estimate-memory.js';
import type { Plan } from './plan.js';

/** Trees of the size of the weights that each optimizer keeps, or somewhat more than it keeps. */
const OPTIMIZER_TREES: Record<RunConfig['train']['optimizer']['kind'], number> = {
  adamw: 2,
  adam: 2,
  sgd: 1,
  lion: 1,
  adafactor: 0.1,
  muon: 1.5,
};

/** The vocabulary of the tokenizer `byte`, what ends a text included. */
const BYTE_IDS = 257;

/** What a step's memory depends on, of a plan. */
export function stepSizes({ config: { train }, model: { config } }: Pick<Plan, 'config' | 'model'>): StepSizes {
  const { batchSize, gradientAccumulation, gradientCheckpointing, optimizer } = train;
  return {
    config,
    batchSize,
    gradientAccumulation,
    gradientCheckpointing,
    optimizerTrees: OPTIMIZER_TREES[optimizer.kind] + (optimizer.averageDecay === null ? 0 : 1),
  };
}

interface Change {
  /** As it is written in a configuration. */
  readonly text: string;
  readonly sizes: Partial<StepSizes>;
}

/** The largest preset that is smaller than a model. */
function smallerPreset({ config }: StepSizes): Change[] {
  const [name, sizes] =
    Object.entries(presets).findLast(
      ([, preset]) => countParameters({ ...config, ...preset }) < countParameters(config),
    ) ?? [];
  return name === undefined ? [] : [{ text: `model.preset=${name}`, sizes: { config: { ...config, ...sizes } } }];
}

/** What a person can change so that a step takes less. */
function changes(given: StepSizes): Change[] {
  const { config, batchSize } = given;
  const [fewer, shorter] = [batchSize, config.contextLength].map((size) => Math.ceil(size / 2));
  return [
    { text: `train.batchSize=${fewer}`, sizes: { batchSize: fewer } },
    { text: `model.contextLength=${shorter}`, sizes: { config: { ...config, contextLength: shorter } } },
    { text: 'train.gradientCheckpointing=true', sizes: { gradientCheckpointing: true } },
    ...smallerPreset(given),
    { text: 'tokenizer.kind=byte', sizes: { config: { ...config, vocabSize: Math.min(BYTE_IDS, config.vocabSize) } } },
  ];
}

/** Each change that helps, and what the estimate would be. */
function remedyOf(given: StepSizes): string {
  const { total } = estimateMemory(given);
  const helping = changes(given).flatMap(({ text, sizes }) => {
    const then = estimateMemory({ ...given, ...sizes }).total;
    return then < total ? [`${text} (${formatBytes(then)})`] : [];
  });
  return helping.length === 0 ? 'take a larger machine' : `set one or more of ${helping.join(', ')}`;
}

/**
 * Holds the estimate of a step to what can be had.
 *
 * @param room bytes that it may take. @param where what has them, for the message.
 * @throws SheepError `unsupported` that says what to lower, and what the estimate would be then.
 */
export function checkEstimate(sizes: StepSizes, room: number, where: string): void {
  const { total, ...parts } = estimateMemory(sizes);
  if (total <= room) return;
  const texts = Object.entries(parts).map(([name, bytes]) => `${name} ${formatBytes(bytes)}`);
  throw new SheepError('unsupported', {
    doing: 'estimating the memory of a training step',
    expected: `at most the ${formatBytes(room)} of ${where}`,
    received: `${formatBytes(total)} (${texts.join(', ')})`,
    remedy: remedyOf(sizes),
  });
}

/** Bytes that this machine, or what confines the process on it, could ever give. */
const machineBytes = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity);

/**
 * Refuses a run whose steps need more memory than the backend or the machine has; before anything is written. Backends
 * whose heap is not ours are not checked.
 *
 * @param note is told where the machine has enough, but not free.
 * @throws SheepError as `checkEstimate`.
 */
export function checkMemory(plan: Plan, { name, memory }: BackendInUse, note: (text: string) => void): void {
  if (memory === undefined) return;
  const sizes = stepSizes(plan);
  checkEstimate(sizes, memory.limitBytes - memory.bytesInUse, `the backend ${name}`);
  checkEstimate(sizes, machineBytes(), 'the machine');
  const { total } = estimateMemory(sizes);
  const free = process.availableMemory() + memory.heapBytes - memory.bytesInUse;
  if (total > free) note(`a step needs about ${formatBytes(total)} of memory, and only ${formatBytes(free)} are free`);
}
