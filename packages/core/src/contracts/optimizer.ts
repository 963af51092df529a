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
  /** Global norm of the gradients times the first `scale`; where it is not finite nothing may be changed. */
  readonly norm: Scalar;
}

/** A piece in front of an optimizer: hands on an update that it changed, as clipping changes the `scale`. */
export type UpdateTransform = (update: Update) => Update;

/** A rule that changes parameters in place. Runs in a tidy of the caller's; its state lives in variables. */
export interface Optimizer {
  /** The state for these parameters, all zero at first; the caller owns it. */
  init(params: ParamTree): ParamTree;
  update(update: Update, state: ParamTree): void;
}

/** The learning rate of a step; steps count from 1. */
export type Schedule = (step: number) => number;
