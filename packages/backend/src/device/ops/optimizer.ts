import type { adamwUpdateOp, AdamwAttributes, globalNormOp, OpInputs } from '@sheep/ops';
import { util, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';

/** Values that a block takes of one tensor, or of the range that all parameters make. */
const BLOCK_VALUES = 16_384;
/** Parameters start at multiples of this in their common range, so that vectors stay aligned. */
const ALIGNMENT = 16;
const ENTRY_WORDS = 7;

function listOf(prefix: string, inputs: OpInputs): Tensor[] {
  const list: Tensor[] = [];
  for (let i = 0; inputs[`${prefix}:${i}`] !== undefined; i += 1) list.push(inputs[`${prefix}:${i}`] as Tensor);
  return list;
}

/** The kernel of `globalNorm`: partial sums of each tensor, then their sum in the tensors' order. */
export function globalNormKernel(device: Device): (typeof globalNormOp)['composed'] {
  return (inputs) => {
    const tensors = listOf('x', inputs).map((tensor) => ({ place: device.place(tensor), count: tensor.size }));
    const norm = device.output([]);
    // The partial sums of a tensor start at a place of their own, four floats apart at least.
    const starts: number[] = [];
    let floats = 0;
    for (const { count } of tensors) {
      starts.push(floats);
      floats += Math.ceil(Math.ceil(count / BLOCK_VALUES) / 4) * 4;
    }
    device.room(floats, (partials) => {
      device.run('fill', [partials, floats], [0], Math.ceil(floats / BLOCK_VALUES));
      tensors.forEach(({ place, count }, i) => {
        device.run('sum_squares', [place, partials + starts[i] / 4, count], [], Math.ceil(count / BLOCK_VALUES));
      });
      device.run('global_norm', [partials, device.place(norm), floats], [], 1);
    });
    return [norm];
  };
}

/** Writes what the kernel reads of each parameter, and says where the common range ends. */
function writeTable(
  device: Device,
  table: number,
  places: readonly number[][],
  sizes: readonly number[],
  decays: readonly number[],
) {
  const { i32, f32 } = device.backend.allocator.heap;
  let start = 0;
  sizes.forEach((size, i) => {
    const word = table * 4 + i * ENTRY_WORDS;
    i32.set([...places[i], start, size], word);
    f32[word + ENTRY_WORDS - 1] = decays[i];
    start += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
  });
  return start;
}

/** The kernel of `adamwUpdate`: all parameters in one pass, in place. */
export function adamwKernel(device: Device): (typeof adamwUpdateOp)['composed'] {
  return (inputs, { step, learningRate, betas, epsilon, weightDecays }: AdamwAttributes) => {
    const lists = ['param', 'grad', 'first', 'second'].map((prefix) => listOf(prefix, inputs));
    const places = lists[0].map((_, i) => lists.map((list) => device.place(list[i])));
    const sizes = lists[0].map((param) => util.sizeFromShape(param.shape));
    const [scale, norm] = [inputs.scale, inputs.norm].map((scalar) => device.place(scalar));
    const rootCorrection = Math.sqrt(1 - betas[1] ** step);
    const rate = (learningRate * rootCorrection) / (1 - betas[0] ** step);
    const floats = [learningRate, 1 - betas[0], 1 - betas[1], rate, epsilon * rootCorrection];
    device.room(places.length * ENTRY_WORDS, (table) => {
      const total = writeTable(device, table, places, sizes, weightDecays);
      device.run('adamw', [table, scale, norm, places.length, total], floats, Math.ceil(total / BLOCK_VALUES));
    });
    return [] as TensorInfo[];
  };
}
