import {
  add,
  concat,
  matMul,
  mul,
  reshape,
  softmax,
  sub,
  sum,
  tensor2d,
  transpose,
  unstack,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { drop, type Dropout } from './dropout.js';
import { defineOp, type OpForms } from './op.js';

const MASKED = -1e30;

/** (T, T) to be added to scores: 0 where a query may look, up to its own position, and very low elsewhere. */
export function causalMask(time: number): Tensor2D {
  const values = new Float32Array(time * time);
  for (let query = 0; query < time; query += 1) {
    values.fill(MASKED, query * time + query + 1, (query + 1) * time);
  }
  return tensor2d(values, [time, time]);
}

/** (B, T, C) to heads (B * H, T, hs). */
function splitHeads(x: Tensor, headCount: number): Tensor3D {
  const [batch, time, width] = x.shape;
  const size = width / headCount;
  const heads = transpose(reshape(x, [batch, time, headCount, size]), [0, 2, 1, 3]);
  return reshape(heads, [batch * headCount, time, size]);
}

/** Heads (B * H, T, hs) to (B, T, C). */
function mergeHeads(x: Tensor3D, headCount: number): Tensor3D {
  const [rows, time, size] = x.shape;
  const heads = transpose(reshape(x, [rows / headCount, headCount, time, size]), [0, 2, 1, 3]);
  return reshape(heads, [rows / headCount, time, headCount * size]);
}

const swapLast = (x: Tensor3D): Tensor3D => transpose(x, [0, 2, 1]);

/** (B, T, 3C) to queries, keys and values, each in heads (B * H, T, hs). */
function splitPacked(qkv: Tensor3D, headCount: number): Tensor3D[] {
  const [batch, time, packed] = qkv.shape;
  const width = packed / 3;
  // Parts first: a slice of whole rows is a plain copy on every backend.
  const parts = transpose(reshape(qkv, [batch * time, 3, width]), [1, 0, 2]); // (3, B * T, C)
  return unstack(parts).map((part) => splitHeads(reshape(part, [batch, time, width]), headCount));
}

/** What one attention needs besides its tensor. */
export interface AttentionOptions {
  readonly headCount: number;
  /** On the attention weights. */
  readonly dropout?: Dropout;
}

/** A batch of products of plain matrices: (N, A, K) and (N, K, B) to (N, A, B). */
export type BatchedProduct = (a: Tensor3D, b: Tensor3D) => Tensor3D;

/**
 * Attention composed of tfjs ops around a product, so that a backend whose own is slow can bring a better one.
 * Its notes: the softmax, (B * H, T, T), and queries, keys and values in heads, (B * H, T, hs).
 */
export function attentionForms(product: BatchedProduct): OpForms<{ qkv: Tensor3D }, AttentionOptions> {
  return {
    forward({ qkv }, { headCount, dropout }) {
      const [q, k, v] = splitPacked(qkv, headCount); // (B * H, T, hs)
      const scores = mul(product(q, swapLast(k)), 1 / Math.sqrt(q.shape[2])); // (B * H, T, T)
      const weights = softmax(add(scores, causalMask(q.shape[1]))) as Tensor3D;
      return [mergeHeads(product(drop(weights, dropout), v), headCount), weights, q, k, v];
    },
    gradient([dy], _saved, notes, { headCount, dropout }) {
      const [weights, q, k, v] = notes as Tensor3D[];
      const dOut = splitHeads(dy, headCount);
      const dWeights = drop(product(dOut, swapLast(v)), dropout);
      const inner = sum(mul(dWeights, weights), 2, true); // (B * H, T, 1)
      const dScores: Tensor3D = mul(mul(sub(dWeights, inner), weights), 1 / Math.sqrt(q.shape[2]));
      const dq = product(dScores, k);
      const dk = product(swapLast(dScores), q);
      const dv = product(swapLast(drop(weights, dropout)), dOut);
      return [
        concat(
          [dq, dk, dv].map((part) => mergeHeads(part, headCount)),
          2,
        ),
      ];
    },
  };
}

/** The op behind {@link attention}. */
export const attentionOp = defineOp<{ qkv: Tensor3D }, AttentionOptions>({
  name: 'Attention',
  outputs: 1,
  saves: ['qkv'],
  differentiable: ['qkv'],
  composed: attentionForms((a, b) => matMul(a, b)),
});

/**
 * Causal multi-head attention, softmax(q k^T / sqrt(hs)) v in each head, a token seeing itself and those before it.
 *
 * @param qkv (B, T, 3C): queries, keys and values side by side, each with its heads side by side.
 * @returns (B, T, C).
 * @see Vaswani et al., https://arxiv.org/abs/1706.03762
 */
export function attention(qkv: Tensor3D, options: AttentionOptions): Tensor3D {
  return attentionOp.run({ qkv }, options)[0] as Tensor3D;
}
