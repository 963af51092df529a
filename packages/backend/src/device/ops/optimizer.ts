import { listOf, type adamwUpdateOp, type AdamwAttributes, type globalNormOp } from '@sheep/ops';
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { BLOCK_VALUES } from '../kernels/blocks.js';

/** Tensors start at multiples of this in their common range, so that vectors stay aligned. */
const ALIGNMENT = 16;
const SPAN_WORDS = 2;
const ENTRY_WORDS = 5;

/** Writes where in a common range each tensor of a list lies (kernels/spans.h), and says where the range ends. */
function writeSpans(device: Device, place: number, tensors: readonly TensorInfo[]): number {
  const { i32 } = device.backend.allocator.heap;
  let start = 0;
  tensors.forEach(({ shape }, i) => {
    const size = util.sizeFromShape(shape);
    i32.set([start, size], place * 4 + i * SPAN_WORDS);
    start += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
  });
  return start;
}

/** Calls `use` with the places of the spans of a list, of so many words an entry for the kernel, and the range's end. */
function withTable(
  device: Device,
  tensors: readonly TensorInfo[],
  words: number,
  use: (spans: number, table: number, total: number) => void,
): void {
  device.room(tensors.length * SPAN_WORDS, (spans) =>
    device.room(tensors.length * words, (table) => use(spans, table, writeSpans(device, spans, tensors))),
  );
}

/** The kernel of `globalNorm`: sums of squares of the blocks of all tensors, then the root of their sum. */
export function globalNormKernel(device: Device): (typeof globalNormOp)['composed'] {
  return (inputs) => {
    const tensors = listOf('x', inputs);
    const places = tensors.map((tensor) => device.place(tensor));
    const norm = device.output([]);
    const most = tensors.reduce((sum, { size }) => sum + Math.ceil(size / ALIGNMENT) * ALIGNMENT, 0);
    device.room(Math.ceil(most / BLOCK_VALUES), (partials) =>
      withTable(device, tensors, 1, (spans, table, total) => {
        device.backend.allocator.heap.i32.set(places, table * 4);
        const blocks = Math.ceil(total / BLOCK_VALUES);
        device.run('sum_squares', [spans, table, partials, tensors.length, total], [], blocks);
        device.run('global_norm', [partials, device.place(norm), blocks], [], 1);
      }),
    );
    return [norm];
  };
}

/** The kernel of `adamwUpdate`: all parameters in one pass, in place. */
export function adamwKernel(device: Device): (typeof adamwUpdateOp)['composed'] {
  return (inputs, { step, learningRate, betas, epsilon, weightDecays }: AdamwAttributes) => {
    const lists = ['param', 'grad', 'first', 'second'].map((prefix) => listOf(prefix, inputs));
    const places = lists[0].map((_, i) => lists.map((list) => device.place(list[i])));
    const [scale, norm] = [inputs.scale, inputs.norm].map((scalar) => device.place(scalar));
    const rootCorrection = Math.sqrt(1 - betas[1] ** step);
    const rate = (learningRate * rootCorrection) / (1 - betas[0] ** step);
    const floats = [learningRate, 1 - betas[0], 1 - betas[1], rate, epsilon * rootCorrection];
    withTable(device, lists[0], ENTRY_WORDS, (spans, table, total) => {
      const { i32, f32 } = device.backend.allocator.heap;
      places.forEach((entry, i) => {
        i32.set(entry, table * 4 + i * ENTRY_WORDS);
        f32[table * 4 + (i + 1) * ENTRY_WORDS - 1] = weightDecays[i];
      });
      device.run('adamw', [spans, table, scale, norm, places.length, total], floats, Math.ceil(total / BLOCK_VALUES));
    });
    return [];
  };
}
