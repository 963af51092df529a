import {
  add,
  gather,
  pad,
  reshape,
  scatterND,
  slice,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { defineOp } from './op.js';

/** The op behind {@link embed}. */
export const embedOp = defineOp<
  { ids: Tensor2D; tokens: Tensor2D; positions?: Tensor2D },
  { offset: number; vocabSize: number; positionCount: number }
>({
  name: 'Embed',
  outputs: 1,
  saves: ['ids'],
  differentiable: ['tokens', 'positions'],
  composed: {
    forward({ ids, tokens, positions }, { offset }) {
      const rows = gather(tokens, ids); // (B, T, C)
      if (!positions) return [rows];
      return [add(rows, slice(positions, [offset, 0], [ids.shape[1], positions.shape[1]]))];
    },
    gradient([dy], { ids }, _notes, { offset, vocabSize, positionCount }, wanted) {
      const [, time, width] = (dy as Tensor3D).shape;
      const gradients = {
        // A sum over equal ids; stock wasm has no UnsortedSegmentSum, and its scatterND adds.
        tokens: () => scatterND(reshape(ids, [-1, 1]), reshape(dy, [-1, width]), [vocabSize, width]),
        positions: () =>
          pad(sum(dy, 0), [
            [offset, positionCount - offset - time],
            [0, 0],
          ]),
      };
      return wanted.map((name) => gradients[name as keyof typeof gradients]() as Tensor);
    },
  },
});

/**
 * Token embeddings, plus learned position embeddings where given.
 *
 * @param ids (B, T) int32. @param tokens (V, C). @param positions (P, C), row `offset + t` for the token at t.
 * @returns (B, T, C).
 */
export function embed(ids: Tensor2D, tokens: Tensor2D, positions?: Tensor2D, offset = 0): Tensor3D {
  const attributes = { offset, vocabSize: tokens.shape[0], positionCount: positions?.shape[0] ?? 0 };
  return embedOp.run({ ids, tokens, positions }, attributes)[0] as Tensor3D;
}
