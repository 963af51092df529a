import {
  IGNORED_TARGET,
  type Batch,
  type LanguageModel,
  type LayerOutput,
  type LossSum,
  type ParamTree,
  type StepContext,
} from '@sheep/core';
import { differentiate, headLoss, product } from '@sheep/ops';
import {
  gather,
  keep,
  reshape,
  tensor1d,
  tensor2d,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { checkBatch } from './check-batch.js';
import { checkGptConfig, type GptConfig } from './config.js';
import { tokenEmbedding, transformer, type TrainingPass } from './forward.js';
import { initParameters } from './parameters.js';

/** A GPT-2 of some size. */
export interface Gpt extends LanguageModel<GptConfig> {
  /** (B, T) int32 ids to the (B, V) logits that follow the last of them. The caller disposes them. */
  nextLogits(params: ParamTree, ids: Tensor2D): Tensor2D;
}

/** How a model is trained, which is no part of what it is. */
export interface GptOptions {
  /**
   * Whether the backward pass computes each block again instead of keeping what is in it: about a third more time, and
   * of the activations only those between the blocks in memory. The bits are the same. False unless given.
   */
  readonly gradientCheckpointing?: boolean;
}

/** Counted on the host: how many targets are not ignored. */
function countTargets(targets: Int32Array): number {
  return targets.reduce((count, target) => count + (target === IGNORED_TARGET ? 0 : 1), 0);
}

function lossSum(params: ParamTree, config: GptConfig, batch: Batch, pass?: TrainingPass): Omit<LossSum, 'count'> {
  checkBatch(batch, config);
  const ids = tensor2d(batch.inputs, [...batch.shape], 'int32');
  const hidden = transformer(params, config, ids, pass);
  const targets = tensor1d(batch.targets, 'int32');
  return headLoss(hidden, tokenEmbedding(params), targets);
}

/** What embedding, sub-blocks and final norm compute in a training step, then the sum of losses. */
function layerOutputs(params: ParamTree, config: GptConfig, batch: Batch, context: StepContext): LayerOutput[] {
  const outputs: LayerOutput[] = [];
  const observe = (name: string, output: Tensor) => void outputs.push({ name, output: keep(output) });
  tidy(() => observe('lm_head', lossSum(params, config, batch, { context, checkpointing: false, observe }).loss));
  return outputs;
}

/**
 * A GPT-2: learned positions, pre-norm blocks, GELU, a head tied to the token embedding.
 *
 * @throws SheepError `bad-option` where no model has these sizes.
 */
export function gpt(config: GptConfig, { gradientCheckpointing: checkpointing = false }: GptOptions = {}): Gpt {
  checkGptConfig(config);
  return {
    config,
    init: (seed) => initParameters(config, seed),
    logits: (params, ids) =>
      tidy(() => {
        const flat = product(transformer(params, config, ids), tokenEmbedding(params), false, true);
        return reshape(flat, [...ids.shape, config.vocabSize]) as Tensor3D;
      }),
    nextLogits: (params, ids) =>
      tidy(() => {
        const [batch, time] = ids.shape;
        const last = tensor1d(
          Array.from({ length: batch }, (_, row) => (row + 1) * time - 1),
          'int32',
        );
        const hidden = gather(transformer(params, config, ids), last); // (B, C)
        return product(hidden, tokenEmbedding(params), false, true);
      }),
    loss: (params, batch) => ({
      ...tidy(() => lossSum(params, config, batch)),
      count: countTargets(batch.targets),
    }),
    lossAndGradients: (params, batch, context, into) =>
      differentiate(
        params,
        into,
        () => ({ ...lossSum(params, config, batch, { context, checkpointing }), count: countTargets(batch.targets) }),
        context.trainable,
      ),
    layerOutputs: (params, batch, context) => layerOutputs(params, config, batch, context),
  };
}
