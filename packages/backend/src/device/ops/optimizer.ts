import { listOf, type adamwUpdateOp, type AdamwAttributes, type globalNormOp } from '@sheep/ops';
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { BLOCK_VALUES } from '../kernels/blocks.js';

/** Tensors start at multiples of this in their common range, so that vectors stay aligned. */
const ALIGNMENT = 16;
const SPAN_WORDS = 2;
const ENTRY_WORDS = 5;

/** Where in a common range each tensor of a list lies (kernels/spans.h), and where the range ends. */
function spansOf(tensors: readonly TensorInfo[]): { readonly spans: Int32Array; readonly total: number } {
  const spans = new Int32Array(tensors.length * SPAN_WORDS);
  let start = 0;
  tensors.forEach(({ shape }, i) => {
    const size = util.sizeFromShape(shape);
    spans.set([start, size], i * SPAN_WORDS);
    start += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
  });
  return { spans, total: start };
}

/** Calls `use` with the places of the spans of a list and of its entries for the kernel, and the range's end. */
function withTable(
  device: Device,
  tensors: readonly TensorInfo[],
  entries: Int32Array,
  use: (spans: number, table: number, total: number) => void,
): void {
  const { heap } = device.backend.allocator;
  const { spans, total } = spansOf(tensors);
  device.room(spans.length, (place) =>
    device.room(entries.length, (table) => {
      heap.write(place, spans);
      heap.write(table, entries);
      use(place, table, total);
    }),
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
      withTable(device, tensors, Int32Array.from(places), (spans, table, total) => {
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
    const entries = new Int32Array(lists[0].length * ENTRY_WORDS);
    const decays = new Float32Array(entries.buffer);
    weightDecays.forEach((decay, i) => {
      entries.set(
        lists.map((list) => device.place(list[i])),
        i * ENTRY_WORDS,
      );
      decays[(i + 1) * ENTRY_WORDS - 1] = decay;
    });
    const [scale, norm] = [inputs.scale, inputs.norm].map((scalar) => device.place(scalar));
    const rootCorrection = Math.sqrt(1 - betas[1] ** step);
    const rate = (learningRate * rootCorrection) / (1 - betas[0] ** step);
    const floats = [learningRate, 1 - betas[0], 1 - betas[1], rate, epsilon * rootCorrection];
    withTable(device, lists[0], entries, (spans, table, total) => {
      const ints = [spans, table, scale, norm, lists[0].length, total];
      device.run('adamw', ints, floats, Math.ceil(total / BLOCK_VALUES));
    });
    return [];
  };
}
