import type { Scalar, Tensor, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import type { Batch } from './data.js';

/** Parameters by name, in the order they were made. The variables are the tree's: dispose them with `disposeTree`. */
export interface ParamTree {
  readonly [name: string]: Variable;
}

/** Gradients by parameter name. A missing name is a gradient of zero. The tensors are the tree's. */
export interface GradTree {
  [name: string]: Tensor;
}

/** What a forward pass may depend on besides parameters and data. */
export interface StepContext {
  readonly seed: number;
  /** The step that is computed; with the seed and `microBatch` it fixes every dropout mask. See `dropoutKey`. */
  readonly step: number;
  /** Which of the step's batches this is; 0 unless given. */
  readonly microBatch?: number;
  /** The parameters whose gradients are wanted, by name; all unless given. */
  readonly trainable?: (name: string) => boolean;
}

/** Sums over the tokens that count, so that batches of unequal counts add up exactly. */
export interface LossSum {
  /** Sum of the cross-entropies, in nats; the caller disposes it. */
  readonly loss: Scalar;
  /** Number of targets that were the most likely token; the caller disposes it. */
  readonly correct: Scalar;
  /** Number of targets that count. */
  readonly count: number;
}

/** What every model has in its config: the two sizes that data must fit. */
export interface ModelSizes {
  readonly vocabSize: number;
  /** The longest sequence the model sees, in tokens. */
  readonly contextLength: number;
}

/** What a layer computed. */
export interface LayerOutput {
  /** The layer, as the parameters name it. */
  readonly name: string;
  /** The caller disposes it. */
  readonly output: Tensor;
}

/** A model that predicts the next token. Parameters are handed in: the model itself holds no state. */
export interface LanguageModel<Config extends ModelSizes = ModelSizes> {
  readonly config: Config;
  /** Fresh parameters, the same for the same seed. The caller owns them. */
  init(seed: number): ParamTree;
  /** (B, T) int32 ids to (B, T, V) logits, without dropout. The caller disposes them. */
  logits(params: ParamTree, ids: Tensor2D): Tensor3D;
  /** Loss of a batch, without dropout and without gradients. */
  loss(params: ParamTree, batch: Batch): LossSum;
  /** Loss of a batch, with dropout; adds the gradients of the *sum* of losses to `into`. */
  lossAndGradients(params: ParamTree, batch: Batch, context: StepContext, into: GradTree): LossSum;
  /** What each layer computes of a batch in the step of a context, in order: says where numbers stop being finite. */
  layerOutputs?(params: ParamTree, batch: Batch, context: StepContext): LayerOutput[];
}
