import { headLossOp } from '@sheep/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { multiplyDeep, packDeep } from '../kernels/deep-product.js';
import type { Device } from '../device.js';
import { matrix, multiply, multiplyPacked, packB, packedWords } from '../kernels/gemm.js';
import { REF_BYTES } from '../heap/heap.js';
import { scaled } from './scaled.js';

/** Logits that are in memory at a time: those of all rows never are. */
const CHUNK_VALUES = 2 ** 22;
/** With fewer the weight's gradient, which each chunk adds to, would be read and written too often. */
const LEAST_CHUNK_ROWS = 256;
const BLOCK_ROWS = 8;

interface Head {
  readonly rows: number;
  readonly width: number;
  readonly vocabSize: number;
  readonly hidden: number;
  readonly weight: number;
  readonly targets: number;
  readonly smoothing: number;
  /** Places of what is made: the gradients only in training, the weight's only where that is learned. */
  readonly losses: number;
  readonly correct: number;
  readonly gradients?: { readonly hidden: number; readonly weight: number | undefined };
}

/** The place so many floats behind another; a multiple of four. */
const behind = (place: number, floats: number): number => place + (floats * 4) / REF_BYTES;

/** The rows of a chunk: a multiple of 16, so that each starts at a place. */
function chunkRows({ rows, vocabSize }: Head): number {
  return Math.min(rows, Math.max(LEAST_CHUNK_ROWS, Math.floor(CHUNK_VALUES / vocabSize / 16) * 16));
}

/** The products of a head, its weight packed once for all chunks. */
function products(device: Device, { width, vocabSize, weight }: Head) {
  const { precision } = device;
  const toLogits = { n: vocabSize, k: width, b: matrix(weight, width, true), precision };
  const toHidden = { n: width, k: vocabSize, b: matrix(weight, width, false), precision };
  return {
    toLogits,
    toHidden,
    packLogits: (packed: number) => packB(device, toLogits, packed),
    packHidden: (packed: number) => packDeep(device, toHidden, packed),
  };
}

function lossOfChunk(device: Device, head: Head, first: number, rows: number, logits: number): void {
  const { vocabSize, targets, losses, correct, smoothing, gradients } = head;
  const places = [logits, behind(targets, first), behind(losses, first), behind(correct, first)];
  const ints = [...places, rows, vocabSize, BLOCK_ROWS, gradients ? 1 : 0];
  device.run('cross_entropy', ints, [smoothing], Math.ceil(rows / BLOCK_ROWS));
}

/** Adds a chunk's part to the gradients, from that of its logits. */
function gradientsOfChunk(
  device: Device,
  head: Head,
  first: number,
  rows: number,
  logits: number,
  packed: number,
): void {
  const { width, vocabSize, hidden, gradients } = head;
  if (!gradients) return;
  const { toHidden } = products(device, head);
  const c = behind(gradients.hidden, first * width);
  multiplyDeep(device, { ...toHidden, m: rows, a: matrix(logits, vocabSize, false), c }, packed);
  if (gradients.weight === undefined) return;
  const toWeight = {
    m: vocabSize,
    n: width,
    k: rows,
    b: matrix(behind(hidden, first * width), width, false),
    precision: device.precision,
  };
  const dWeight = { ref: gradients.weight, rowStride: width, batchStride: 0 };
  const a = matrix(logits, vocabSize, true);
  device.room(packedWords(toWeight), (room) => {
    multiply(device, { ...toWeight, a, c: dWeight, add: first > 0 }, room);
  });
}

function computeHead(device: Device, head: Head): void {
  const { rows, width, vocabSize, hidden, gradients } = head;
  const { toLogits, toHidden, packLogits, packHidden } = products(device, head);
  const chunk = chunkRows(head);
  // Three places of about a size: in one, they would need a part of the heap that long.
  device.room(packedWords(toLogits), (packed) =>
    device.room(gradients ? packedWords(toHidden) : 0, (packedBack) =>
      device.room(chunk * vocabSize, (logits) => {
        packLogits(packed);
        if (gradients) packHidden(packedBack);
        for (let first = 0; first < rows; first += chunk) {
          const m = Math.min(chunk, rows - first);
          const a = matrix(behind(hidden, first * width), width, false);
          const c = { ref: logits, rowStride: vocabSize, batchStride: 0 };
          multiplyPacked(device, { ...toLogits, m, a, c }, packed);
          lossOfChunk(device, head, first, m, logits);
          gradientsOfChunk(device, head, first, m, logits, packedBack);
        }
      }),
    ),
  );
}

/** Kernels of `headLoss`, in chunks of rows. Its notes, in training, are the gradients of the loss sum. */
export function headLossForms(device: Device): (typeof headLossOp)['composed'] {
  return {
    forward(inputs, attributes) {
      const { hidden, weight, targets } = inputs;
      const { labelSmoothing, training, learned } = attributes;
      if (hidden.size === 0) return headLossOp.composed.forward(inputs, attributes);
      const [rows, width] = hidden.shape;
      const places = { hidden: device.place(hidden), weight: device.place(weight), targets: device.place(targets) };
      const [loss, correct] = [device.output([]), device.output([])];
      const gradients = training ? [hidden, ...(learned ? [weight] : [])].map(({ shape }) => device.output(shape)) : [];
      const sizes = { rows, width, vocabSize: weight.shape[0], smoothing: labelSmoothing };
      // Losses and hits of the rows, each padded to whole places.
      const padded = Math.ceil(rows / 4) * 4;
      device.room(2 * padded, (losses) => {
        const made = { losses, correct: behind(losses, padded) };
        const [dHidden, dWeight] = gradients.map((gradient) => device.place(gradient));
        const noted = training ? { gradients: { hidden: dHidden, weight: dWeight } } : {};
        computeHead(device, { ...sizes, ...places, ...made, ...noted });
        device.run(
          'cross_entropy_sums',
          [losses, made.correct, device.place(loss), device.place(correct), rows],
          [],
          1,
        );
      });
      return [loss, correct, ...gradients];
    },
    gradient([dLoss], _saved, [dHidden, dWeight], _attributes, wanted) {
      const gradients: Readonly<Record<string, TensorInfo>> = { hidden: dHidden, weight: dWeight };
      // Mostly the loss itself is differentiated: its gradient is then 1.
      const asTheyAre = device.backend.view(dLoss)[0] === 1;
      return wanted.map((name) => (asTheyAre ? device.share(gradients[name]) : scaled(device, gradients[name], dLoss)));
    },
  };
}
