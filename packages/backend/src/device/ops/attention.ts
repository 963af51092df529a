import { attentionOp, type AttentionOptions } from '@sheep/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import type { KernelName } from '../kernel-names.js';
import { dropoutRule } from './dropout.js';

/** Queries of a block of the forward kernel, which fixes it. */
const TILE = 64;
/** The largest head whose tiles fit into a thread's scratch. */
const MOST_HEAD_SIZE = 1024;

/** Whether the tiles of a head fit; for enormous heads the composed form runs. */
export const fitsTiles = (width: number, headCount: number): boolean => width / headCount <= MOST_HEAD_SIZE;

function run(
  device: Device,
  kernel: KernelName,
  tensors: readonly TensorInfo[],
  { shape: [, time, packed] }: TensorInfo,
  { headCount, dropout }: AttentionOptions,
  blocks: number,
): void {
  const size = packed / 3 / headCount;
  const places = tensors.map((tensor) => device.place(tensor));
  const { ints, kept } = dropoutRule(dropout);
  device.run(kernel, [...places, time, headCount, size, ...ints], [kept, 1 / Math.sqrt(size)], blocks);
}

/** Attention of packed (B, T, 3C), and of each query the largest score and 1 / the softmax's sum, (B, H, 2, T). */
export function attend(device: Device, qkv: TensorInfo, options: AttentionOptions): [y: TensorInfo, sums: TensorInfo] {
  const { headCount } = options;
  const [batch, time, packed] = qkv.shape;
  const [y, sums] = [device.output([batch, time, packed / 3]), device.output([batch, headCount, 2, time])];
  run(device, 'attention', [qkv, y, sums], qkv, options, batch * headCount * Math.ceil(time / TILE));
  return [y, sums];
}

/** The gradient of {@link attend} for qkv. */
export function attendGradient(
  device: Device,
  dy: TensorInfo,
  qkv: TensorInfo,
  [y, sums]: readonly TensorInfo[],
  options: AttentionOptions,
): TensorInfo {
  const dqkv = device.output(qkv.shape);
  run(device, 'attention_gradient', [dy, qkv, y, sums, dqkv], qkv, options, qkv.shape[0] * options.headCount);
  return dqkv;
}

const fits = ({ shape }: TensorInfo, { headCount }: AttentionOptions): boolean => fitsTiles(shape[2] / 3, headCount);

/** Kernels of `attention`. Their notes: the output, and the sums of {@link attend}. */
export function attentionForms(device: Device): (typeof attentionOp)['composed'] {
  const { composed } = attentionOp;
  return {
    forward(inputs, attributes) {
      if (!fits(inputs.qkv, attributes)) return composed.forward(inputs, attributes);
      const [y, sums] = attend(device, inputs.qkv, attributes);
      return [y, device.share(y), sums];
    },
    gradient(dys, saved, notes, attributes, wanted) {
      if (!fits(saved.qkv, attributes)) return composed.gradient(dys, saved, notes, attributes, wanted);
      return [attendGradient(device, dys[0], saved.qkv, notes, attributes)];
    },
  };
}
