import type { embedOp } from '@sheep/ops';
import type { Device } from '../device.js';

/** Rows of a block. */
const BLOCK_ROWS = 64;
/** Each block of the tokens' gradient looks at all ids: no more of them than keep threads busy. */
const TOKEN_BLOCKS = 32;

/** Kernels of `embed`. */
export function embedForms(device: Device): (typeof embedOp)['composed'] {
  return {
    forward({ ids, tokens, positions }, { offset }) {
      const [batch, time] = ids.shape;
      const [vocabSize, width] = tokens.shape;
      const inputs = [ids, tokens, positions].map((tensor) => device.place(tensor));
      const y = device.output([batch, time, width]);
      const sizes = [batch * time, time, width, offset, vocabSize, BLOCK_ROWS];
      device.run('embed', [...inputs, device.place(y), ...sizes], [], Math.ceil((batch * time) / BLOCK_ROWS));
      return [y];
    },
    gradient([dy], { ids }, _notes, { offset, vocabSize, positionCount }, wanted) {
      const [batch, time, width] = dy.shape;
      const [dyPlace, idsPlace] = [device.place(dy), device.place(ids)];
      const gradients = {
        tokens() {
          const dTokens = device.output([vocabSize, width]);
          const blockRows = Math.ceil(vocabSize / TOKEN_BLOCKS);
          const ints = [dyPlace, idsPlace, device.place(dTokens), batch * time, width, vocabSize, blockRows, 0];
          device.run('embed_tokens_gradient', ints, [], Math.ceil(vocabSize / blockRows));
          return dTokens;
        },
        positions() {
          const dPositions = device.output([positionCount, width]);
          const sizes = [batch, time, width, offset, positionCount, BLOCK_ROWS];
          const ints = [dyPlace, device.place(dPositions), ...sizes];
          device.run('embed_positions_gradient', ints, [], Math.ceil(positionCount / BLOCK_ROWS));
          return dPositions;
        },
      };
      return wanted.map((name) => gradients[name as keyof typeof gradients]());
    },
  };
}
