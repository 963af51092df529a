import { attentionOp, type AttentionOptions } from '@sheep/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import type { KernelName } from '../kernel-names.js';
import { dropoutRule } from './dropout.js';

/** Queries of a block of the forward kernel, which fixes it. */
const TILE = 64;
/** The largest head whose tiles fit into a thread's scratch. */
const MOST_HEAD_SIZE = 1024;

const headSize = ({ shape }: TensorInfo, headCount: number): number => shape[2] / 3 / headCount;

/**
 * Kernels of `attention`. Their notes: the output, and the largest score and the sum of exponentials of each query, (B, H, 2, T).
 * For enormous heads the composed form runs.
 */
export function attentionForms(device: Device): (typeof attentionOp)['composed'] {
  const { composed } = attentionOp;
  const run = (
    kernel: KernelName,
    tensors: TensorInfo[],
    qkv: TensorInfo,
    { headCount, dropout }: AttentionOptions,
    blocks: number,
  ) => {
    const size = headSize(qkv, headCount);
    const places = tensors.map((tensor) => device.place(tensor));
    const { ints, kept } = dropoutRule(dropout);
    device.run(kernel, [...places, qkv.shape[1], headCount, size, ...ints], [kept, 1 / Math.sqrt(size)], blocks);
  };
  return {
    forward(inputs, attributes) {
      const { qkv } = inputs;
      const { headCount } = attributes;
      if (headSize(qkv, headCount) > MOST_HEAD_SIZE) return composed.forward(inputs, attributes);
      const [batch, time, packed] = qkv.shape;
      const [y, note] = [device.output([batch, time, packed / 3]), device.output([batch, headCount, 2, time])];
      run('attention', [qkv, y, note], qkv, attributes, batch * headCount * Math.ceil(time / TILE));
      return [y, device.share(y), note];
    },
    gradient(dys, saved, notes, attributes, wanted) {
      const { qkv } = saved;
      const { headCount } = attributes;
      if (headSize(qkv, headCount) > MOST_HEAD_SIZE) {
        return composed.gradient(dys, saved, notes, attributes, wanted);
      }
      const dqkv = device.output(qkv.shape);
      run('attention_gradient', [dys[0], qkv, ...notes, dqkv], qkv, attributes, qkv.shape[0] * headCount);
      return [dqkv];
    },
  };
}
