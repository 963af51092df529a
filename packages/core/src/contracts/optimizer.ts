import type { Scalar } from '@tensorflow/tfjs-core';
import type { GradTree, ParamTree } from './model.js';

/** What one update knows. Gradients stay as they are; what changes them is their `scale`. */
export interface Update {
  readonly params: ParamTree;
  readonly grads: GradTree;
  /** From 1: the number of this update. */
  readonly step: number;
  readonly learningRate: number;
  /** To be multiplied into every gradient; starts as 1 / (number of tokens). */
  readonly scale: Scalar;
  /** Global norm of the scaled gradients before clipping; not finite means that nothing may be changed. */
  readonly norm: Scalar;
}

/**
 * A rule that changes parameters in place. Runs inside a tidy of the caller's; state persists in its own variables.
 * A piece of a chain changes the `scale` and hands on; the last piece writes to the parameters.
 */
export interface Optimizer {
  /** The state for these parameters, all zero at first; the caller owns it. */
  init(params: ParamTree): ParamTree;
  update(update: Update, state: ParamTree): void;
}

/** The learning rate of a step; steps count from 1. */
export type Schedule = (step: number) => number;
