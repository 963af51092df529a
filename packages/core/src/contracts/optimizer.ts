import type { Scalar } from '@tensorflow/tfjs-core';
import type { GradTree, ParamTree } from './model.js';

/** What one update knows. Its tensors are the caller's and stay as they are; most that changes gradients is their `scale`. */
export interface Update {
  readonly params: ParamTree;
  readonly grads: GradTree;
  /** From 1: the number of this update. */
  readonly step: number;
  readonly learningRate: number;
  /** To be multiplied into every gradient; starts as 1 / (number of tokens). */
  readonly scale: Scalar;
  /** Global norm of the gradients times the first `scale`, whatever changed them since; where it is not finite nothing may be changed. */
  readonly norm: Scalar;
}

/** A piece in front of an optimizer: hands on another update, as clipping hands on another `scale`. Runs in a tidy. */
export type UpdateTransform = (update: Update) => Update;

/** A rule that changes parameters in place. Runs in a tidy of the caller's; its state lives in variables. */
export interface Optimizer {
  /** The state for these parameters before the first update; the caller owns it. */
  init(params: ParamTree): ParamTree;
  update(update: Update, state: ParamTree): void;
  /**
   * The weights to evaluate and publish, under the names of the parameters: `params` unless given. Variables of the two
   * trees, so that they follow every update.
   */
  weights?(params: ParamTree, state: ParamTree): ParamTree;
}

/** The learning rate of a step; steps count from 1. */
export type Schedule = (step: number) => number;
