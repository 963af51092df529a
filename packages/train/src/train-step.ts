import type { Batch, GradTree, LanguageModel, LossSum, Optimizer, ParamTree, StepContext } from '@sheep/core';
import { clearGradients } from '@sheep/ops';
import { addN, dispose, keep, mul, scalar, tidy, type Scalar } from '@tensorflow/tfjs-core';
import { trainableOf } from './trainable.js';
import { treeNorm } from './tree-norm.js';

/** What changes from step to step, and what is changed. */
export interface TrainStepOptions {
  readonly model: LanguageModel;
  readonly params: ParamTree;
  readonly optimizer: Optimizer;
  readonly optimizerState: ParamTree;
  /** Their gradients add up to that of one batch of all their rows, in the memory of the largest. */
  readonly batches: readonly Batch[];
  readonly context: StepContext;
  readonly learningRate: number;
}

/** What a step found; the caller disposes the tensors, and reads them only when it reports. */
export interface TrainStepResult extends LossSum {
  /** Norm of the mean gradient, before any clipping. */
  readonly gradientNorm: Scalar;
}

/** Adds the gradients of all batches to `grads`. */
function accumulate({ model, params, batches, context }: TrainStepOptions, grads: GradTree): LossSum {
  const sums = batches.map((batch, microBatch) =>
    model.lossAndGradients(params, batch, { ...context, microBatch }, grads),
  );
  if (sums.length === 1) return sums[0];
  const total = tidy(() => ({
    loss: addN(sums.map(({ loss }) => loss)) as Scalar,
    correct: addN(sums.map(({ correct }) => correct)) as Scalar,
  }));
  dispose(sums.flatMap(({ loss, correct }) => [loss, correct]));
  return { ...total, count: sums.reduce((all, { count }) => all + count, 0) };
}

/**
 * One step: the gradients of the batches, their norm, the update of the parameters in place.
 * Reads nothing from the device.
 */
export function trainStep(options: TrainStepOptions): TrainStepResult {
  const { optimizer, optimizerState, context, learningRate } = options;
  const made: GradTree = {};
  const lossSum = accumulate(options, made);
  const gradientNorm = tidy(() => {
    const scale = scalar(1 / Math.max(1, lossSum.count));
    const params = trainableOf(options.params, context.trainable);
    const grads = trainableOf(made, context.trainable);
    const norm: Scalar = keep(mul(treeNorm(grads), scale));
    optimizer.update({ params, grads, step: context.step, learningRate, scale, norm }, optimizerState);
    return norm;
  });
  clearGradients(made);
  return { ...lossSum, gradientNorm };
}
