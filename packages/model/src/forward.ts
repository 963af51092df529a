import { dropoutKey, type ParamTree, type StepContext } from '@sheep/core';
import {
  attentionBlock,
  dropout,
  embed,
  layerNorm,
  mlpBlock,
  recomputed,
  type Dropout,
  type Linear,
  type Norm,
  type SubBlockLayers,
} from '@sheep/ops';
import {
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { checkTime } from './check-batch.js';
import type { GptConfig } from './config.js';
import { blockName } from './parameters.js';

const linearOf = (params: ParamTree, name: string): Linear => ({
  weight: params[`${name}.weight`] as unknown as Tensor2D,
  bias: params[`${name}.bias`] as unknown as Tensor1D,
});

const normOf = (params: ParamTree, name: string): Required<Norm> => ({
  gain: params[`${name}.weight`] as unknown as Tensor1D,
  shift: params[`${name}.bias`] as unknown as Tensor1D,
});

const layersOf = (params: ParamTree, norm: string, input: string, output: string): SubBlockLayers => ({
  norm: normOf(params, norm),
  input: linearOf(params, input),
  output: linearOf(params, output),
});

/** The token embedding, which is the head as well. */
export const tokenEmbedding = (params: ParamTree): Tensor2D => params['transformer.wte.weight'] as unknown as Tensor2D;

const positionEmbedding = (params: ParamTree): Tensor2D => params['transformer.wpe.weight'] as unknown as Tensor2D;

/** What a pass of training has besides parameters and ids. */
export interface TrainingPass {
  readonly context: StepContext;
  /** Whether the backward pass computes each block again instead of keeping what is in it. */
  readonly checkpointing: boolean;
  /** Is shown what each layer computed, in order. */
  readonly observe?: (name: string, output: Tensor) => void;
}

/** The dropout of a place in the model at a step; none where the pass is not one of training. */
function dropoutAt(place: string, { dropout: rate }: GptConfig, pass?: TrainingPass): Dropout | undefined {
  if (!pass || rate === 0) return undefined;
  return { rate, key: dropoutKey(pass.context, place) };
}

/** Attention and feed-forward part, each after a norm and added to what came in: (B, T, C) to (B, T, C). */
function block(x: Tensor3D, params: ParamTree, config: GptConfig, h: string, pass?: TrainingPass): Tensor3D {
  const { headCount, epsilon } = config;
  const drop = (place: string) => dropoutAt(place, config, pass);
  const attended = attentionBlock(x, layersOf(params, `${h}.ln_1`, `${h}.attn.c_attn`, `${h}.attn.c_proj`), {
    epsilon,
    headCount,
    attentionDropout: drop(`${h}.attn`),
    dropout: drop(`${h}.attn.c_proj`),
  });
  pass?.observe?.(`${h}.attn`, attended);
  return mlpBlock(attended, layersOf(params, `${h}.ln_2`, `${h}.mlp.c_fc`, `${h}.mlp.c_proj`), {
    epsilon,
    activation: 'gelu-tanh',
    dropout: drop(`${h}.mlp.c_proj`),
  });
}

/** The parameters of a block that are trained. */
function trainedIn(params: ParamTree, h: string, { trainable = () => true }: StepContext): Variable[] {
  const names = Object.keys(params).filter((name) => name.startsWith(`${h}.`) && trainable(name));
  return names.map((name) => params[name]);
}

/**
 * The transformer of GPT-2, up to the final norm: pre-norm blocks, learned positions.
 *
 * @param ids (B, T) int32.
 * @param pass given in training.
 * @returns (B * T, C), to be multiplied with the head. Intermediate tensors are left to the caller's tidy.
 * @throws SheepError `bad-input` where T is above the context length.
 * @see Radford et al., "Language models are unsupervised multitask learners", 2019.
 */
export function transformer(params: ParamTree, config: GptConfig, ids: Tensor2D, pass?: TrainingPass): Tensor2D {
  const [B, T] = ids.shape;
  checkTime(T, config);
  const { layerCount, embeddingSize: C, epsilon } = config;

  let x = embed(ids, tokenEmbedding(params), positionEmbedding(params)); // (B, T, C)
  x = dropout(x, dropoutAt('embed', config, pass));
  pass?.observe?.('transformer.wte', x);
  for (let layer = 0; layer < layerCount; layer += 1) {
    const h = blockName(layer);
    const apply = (input: Tensor3D) => block(input, params, config, h, pass);
    x = pass?.checkpointing ? recomputed(apply, x, trainedIn(params, h, pass.context)) : apply(x);
    pass?.observe?.(`${h}.mlp`, x);
  }
  const { gain, shift } = normOf(params, 'transformer.ln_f');
  const hidden = layerNorm(x, gain, shift, { epsilon });
  pass?.observe?.('transformer.ln_f', hidden);
  return reshape(hidden, [B * T, C]);
}
