import { matMul, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { attentionForms, type BatchedProduct } from './attention.js';
import type { Dropout } from './dropout.js';
import { defineOp, type OpForms } from './op.js';
import {
  attributesOf,
  enter,
  enterGradients,
  inputsOf,
  leave,
  leaveGradients,
  subBlock,
  type SubBlockAttributes,
  type SubBlockInputs,
  type SubBlockLayers,
  type SubBlockOptions,
} from './sub-block.js';

interface Heads {
  readonly headCount: number;
  /** On the attention weights. */
  readonly attentionDropout?: Dropout;
}

/** What {@link attentionBlock} needs besides its tensors. */
export type AttentionBlockOptions = SubBlockOptions & Heads;

type Attributes = SubBlockAttributes & Heads;

const NO_ACTIVATION = { activation: 'none' } as const;
const attentionOptions = ({ headCount, attentionDropout: dropout }: Heads) => ({ headCount, dropout });

/** The composed form around a batched product, as `attentionForms`. */
export function attentionBlockForms(product: BatchedProduct): OpForms<SubBlockInputs, Attributes> {
  const attention = attentionForms(product);
  return {
    forward(inputs, attributes) {
      const [qkv, ...entered] = enter(inputs, { ...attributes, ...NO_ACTIVATION }) as Tensor3D[];
      const [attended, weights, q, k, v] = attention.forward({ qkv }, attentionOptions(attributes)) as Tensor[];
      return [leave(attended, inputs, attributes), qkv, attended, weights, q, k, v, ...entered];
    },
    gradient([dy], inputs, notes, attributes, wanted) {
      const [qkv, attended, weights, q, k, v, ...entered] = notes as Tensor3D[];
      const { dInner, ofOutput } = leaveGradients(dy, attended, inputs, attributes);
      const noted = [weights, q, k, v];
      const [dqkv] = attention.gradient([dInner], { qkv }, noted, attentionOptions(attributes), ['qkv']) as Tensor[];
      const ofInput = enterGradients(dqkv, dy, inputs, entered, { ...attributes, ...NO_ACTIVATION });
      const gradients = { ...ofInput, ...ofOutput };
      return wanted.map((name) => gradients[name as keyof typeof gradients]);
    },
  };
}

/** The op behind {@link attentionBlock}. Its notes: qkv, what attention made of it, and what the parts note. */
export const attentionBlockOp = defineOp<SubBlockInputs, Attributes>({
  name: 'AttentionBlock',
  ...subBlock,
  composed: attentionBlockForms((a, b) => matMul(a, b)),
});

/**
 * The first half of a pre-norm transformer block as one op: x + dropout(output(attention(input(norm(x))))).
 *
 * @param x (B, T, C). @param layers input (C, 3C), output (C, C).
 * @returns (B, T, C).
 */
export function attentionBlock(x: Tensor3D, layers: SubBlockLayers, options: AttentionBlockOptions): Tensor3D {
  const { headCount, attentionDropout } = options;
  const attributes = { ...attributesOf(layers, options), headCount, attentionDropout };
  return attentionBlockOp.run(inputsOf(x, layers), attributes)[0] as Tensor3D;
}
