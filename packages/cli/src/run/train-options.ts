import type { CheckpointStore, Optimizer } from '@sheep/core';
import {
  chain,
  clipByGlobalNorm,
  clipByValue,
  createOptimizer,
  type TrainOptions,
  type TrainStart,
} from '@sheep/train';
import type { RunConfig } from '../config/schema.js';
import type { Plan } from './plan.js';
import { adviceRules, notFinitePolicy, stopRules } from './rules.js';
import { writeSample } from './sample.js';

/** The optimizer of a configuration. */
export function makeOptimizer({ optimizer, gradientClip, gradientClipValue }: RunConfig['train']): Optimizer {
  const byNorm = gradientClip === null ? [] : [clipByGlobalNorm(gradientClip)];
  const byValue = gradientClipValue === null ? [] : [clipByValue(gradientClipValue)];
  return chain(...byNorm, ...byValue, createOptimizer(optimizer));
}

/** What a start of a run has besides its plan. */
export interface StartOptions {
  readonly optimizer: Optimizer;
  readonly checkpoints: CheckpointStore;
  readonly from: TrainStart | undefined;
  readonly stopAfter: number | undefined;
}

/** The entries of an object that are neither null nor undefined. */
function given<T extends object>(values: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: NonNullable<T[Key]> };
}

/** The trainer's options for a plan. */
export function trainOptions(plan: Plan, { optimizer, checkpoints, from, stopAfter }: StartOptions): TrainOptions {
  const { config, model, data, schedule, validation, tokenizer, samplePrompt: prompt, trainable } = plan;
  const { train, seed } = config;
  const sample = { model, tokenizer, prompt, maxNewTokens: train.sampleTokens, seed };
  return {
    model,
    data,
    optimizer,
    checkpoints,
    seed,
    schedule,
    logEvery: train.logEvery,
    gradientAccumulation: train.gradientAccumulation,
    stopWhen: stopRules(train),
    bestBy: train.earlyStopping.metric,
    advice: adviceRules(),
    onNotFinite: notFinitePolicy(train.onNotFinite),
    ...given({
      maxSteps: train.maxSteps,
      maxEpochs: train.maxEpochs,
      evalEvery: train.evalEvery,
      checkpointEvery: train.checkpointEvery,
      sampleEvery: train.sampleEvery,
      sample: train.sampleEvery === null ? null : async (params: TrainStart['params']) => writeSample(params, sample),
      validation,
      trainable,
      from,
      stopAfter,
    }),
  };
}
