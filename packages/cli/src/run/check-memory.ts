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

type Sized = Pick<Plan, 'config' | 'model' | 'rowLength' | 'trainable' | 'adapter'>;

/** What a step's memory depends on, of a plan. */
export function stepSizes({ config: { train }, model: { config }, rowLength, trainable, adapter }: Sized): StepSizes {
  const { batchSize, gradientAccumulation, gradientCheckpointing, optimizer } = train;
  return {
    config,
    batchSize,
    rowLength,
    gradientAccumulation,
    gradientCheckpointing,
    optimizerTrees: OPTIMIZER_TREES[optimizer.kind] + (optimizer.averageDecay === null ? 0 : 1),
    trainable,
    adapter,
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

/** A smaller model; not where weights are given, which have their sizes. */
function smallerModel(given: StepSizes): Change[] {
  const { config } = given;
  const vocabSize = Math.min(BYTE_IDS, config.vocabSize);
  return [...smallerPreset(given), { text: 'tokenizer.kind=byte', sizes: { config: { ...config, vocabSize } } }];
}

/** What a person can change so that a step takes less. */
function changes(given: StepSizes, fresh: boolean): Change[] {
  const [fewer, shorter] = [given.batchSize, given.rowLength].map((size) => Math.ceil(size / 2));
  return [
    { text: `train.batchSize=${fewer}`, sizes: { batchSize: fewer } },
    { text: `data.contextLength=${shorter}`, sizes: { rowLength: shorter } },
    { text: 'train.gradientCheckpointing=true', sizes: { gradientCheckpointing: true } },
    ...(fresh ? smallerModel(given) : []),
  ];
}

/** Each change that helps, and what the estimate would be. */
function remedyOf(given: StepSizes, fresh: boolean): string {
  const { total } = estimateMemory(given);
  const helping = changes(given, fresh).flatMap(({ text, sizes }) => {
    const then = estimateMemory({ ...given, ...sizes }).total;
    return then < total ? [`${text} (${formatBytes(then)})`] : [];
  });
  return helping.length === 0 ? 'take a larger machine' : `set one or more of ${helping.join(', ')}`;
}

/** What a step may take. */
export interface Room {
  readonly bytes: number;
  /** What has them, for the message. */
  readonly where: string;
}

/**
 * Holds the estimate of a step to what can be had.
 *
 * @param fresh whether the model's sizes are ours to choose.
 * @throws SheepError `unsupported` that says what to lower, and what the estimate would be then.
 */
export function checkEstimate(sizes: StepSizes, { bytes, where }: Room, fresh: boolean): void {
  const { total, ...parts } = estimateMemory(sizes);
  if (total <= bytes) return;
  const texts = Object.entries(parts).map(([name, part]) => `${name} ${formatBytes(part)}`);
  throw new SheepError('unsupported', {
    doing: 'estimating the memory of a training step',
    expected: `at most the ${formatBytes(bytes)} of ${where}`,
    received: `${formatBytes(total)} (${texts.join(', ')})`,
    remedy: remedyOf(sizes, fresh),
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
  const fresh = plan.config.model.from === null;
  checkEstimate(sizes, { bytes: memory.limitBytes - memory.bytesInUse, where: `the backend ${name}` }, fresh);
  checkEstimate(sizes, { bytes: machineBytes(), where: 'the machine' }, fresh);
  const { total } = estimateMemory(sizes);
  const free = process.availableMemory() + memory.heapBytes - memory.bytesInUse;
  if (total > free) note(`a step needs about ${formatBytes(total)} of memory, and only ${formatBytes(free)} are free`);
}
