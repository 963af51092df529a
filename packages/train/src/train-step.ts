import type { Batch, GradTree, LanguageModel, LossSum, Optimizer, ParamTree, StepContext } from '@sheep/core';
import { clearGradients } from '@sheep/ops';
import { keep, mul, scalar, tidy, type Scalar } from '@tensorflow/tfjs-core';
import { treeNorm } from './tree-norm.js';

/** What changes from step to step, and what is changed. */
export interface TrainStepOptions {
  readonly model: LanguageModel;
  readonly params: ParamTree;
  readonly optimizer: Optimizer;
  readonly optimizerState: ParamTree;
  readonly batch: Batch;
  readonly context: StepContext;
  readonly learningRate: number;
}

/** What a step found; the caller disposes the tensors, and reads them only when it reports. */
export interface TrainStepResult extends LossSum {
  /** Norm of the mean gradient, before any clipping. */
  readonly gradientNorm: Scalar;
}

/**
 * One step: the gradients of a batch, their norm, the update of the parameters in place.
 * Reads nothing from the device.
 */
export function trainStep(options: TrainStepOptions): TrainStepResult {
  const { model, params, optimizer, optimizerState, batch, context, learningRate } = options;
  const grads: GradTree = {};
  const lossSum = model.lossAndGradients(params, batch, context, grads);
  const gradientNorm = tidy(() => {
    const scale = scalar(1 / Math.max(1, lossSum.count));
    const norm: Scalar = keep(mul(treeNorm(grads), scale));
    optimizer.update({ params, grads, step: context.step, learningRate, scale, norm }, optimizerState);
    return norm;
  });
  clearGradients(grads);
  return { ...lossSum, gradientNorm };
}
