import { normLinearOp, type NormKind, type normOp } from '@sheep/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { affine, affineGradients, fitsScratch, pick, rowsOf } from './affine.js';

/** Rows of a block: as many as stay in the second-level cache, and a number that no thread count changes. */
const BLOCK_ROWS = 32;
/** Columns of a block of the kernel that adds up the parameters' gradients. */
const BLOCK_COLUMNS = 256;

interface NormInputs {
  readonly x: TensorInfo;
  readonly gain: TensorInfo;
  readonly shift?: TensorInfo;
}

/** The norm with gain and shift, and the note that its gradient reads: mean and inverse deviation of each row. */
function normalize(device: Device, { x, gain, shift }: NormInputs, kind: NormKind, epsilon: number) {
  const [rows, width] = rowsOf(x);
  const inputs = [x, gain, shift].map((tensor) => device.place(tensor));
  const [y, note] = [device.output(x.shape), device.output([rows, 2])];
  const ints = [...inputs, device.place(y), device.place(note), rows, width, BLOCK_ROWS, kind === 'layer' ? 1 : 0];
  device.run('norm', ints, [epsilon], Math.ceil(rows / BLOCK_ROWS));
  return [y, note];
}

/** The gradients of a norm for its input, gain and shift. */
function normalizeGradient(
  device: Device,
  dy: TensorInfo,
  x: TensorInfo,
  gain: TensorInfo,
  note: TensorInfo,
  kind: NormKind,
) {
  const [rows, width] = rowsOf(x);
  const inputs = [dy, x, gain, note].map((tensor) => device.place(tensor));
  const gradients = { x: device.output(x.shape), gain: device.output([width]), shift: device.output([width]) };
  const [dx, dGain, dShift] = Object.values(gradients).map((tensor) => device.place(tensor));
  const parts = Math.ceil(rows / BLOCK_ROWS);
  device.room(parts * 2 * width, (partials) => {
    device.run(
      'norm_gradient',
      [...inputs, dx, partials, rows, width, BLOCK_ROWS, kind === 'layer' ? 1 : 0],
      [],
      parts,
    );
    device.run('norm_parameters', [partials, dGain, dShift, parts, width], [], Math.ceil(width / BLOCK_COLUMNS));
  });
  return gradients;
}

/** Kernels of `layerNorm` and `rmsNorm`. */
export function normForms(device: Device): (typeof normOp)['composed'] {
  return {
    forward: (inputs, { kind, epsilon }) => normalize(device, inputs, kind, epsilon),
    gradient: ([dy], { x, gain }, [note], { kind }, wanted) =>
      pick(device, normalizeGradient(device, dy, x, gain, note, kind), wanted),
  };
}

/** Kernels of `normLinear`. Its notes: the normalized rows, their moments, the derivative of the activation. */
export function normLinearForms(device: Device): (typeof normLinearOp)['composed'] {
  const { composed } = normLinearOp;
  return {
    forward(inputs, attributes) {
      if (!fitsScratch(...inputs.weight.shape)) return composed.forward(inputs, attributes);
      const { x, gain, shift, weight, bias } = inputs;
      const { activation, ...norm } = attributes;
      const { y, ...notes } = affine(device, { x, weight, bias, activation, norm: { gain, shift, ...norm } });
      return [y, notes.normal, notes.moments, notes.slope].filter((tensor) => tensor !== undefined);
    },
    gradient(dys, saved, notes, attributes, wanted) {
      const { x, gain, weight } = saved;
      if (!fitsScratch(...weight.shape)) return composed.gradient(dys, saved, notes, attributes, wanted);
      const [factor, moments, slope] = notes;
      const norm = { x, gain, moments, kind: attributes.kind };
      return pick(device, affineGradients(device, dys[0], { factor, weight, slope, norm }, wanted), wanted);
    },
  };
}
