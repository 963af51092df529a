import type { NormKind, normLinearOp, normOp } from '@sheep/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { activate } from './pointwise.js';
import { affineGradients, withActivationGradient } from './linear.js';
import { product } from './products.js';

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
  const [rows, width] = x.shape;
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
  const [rows, width] = x.shape;
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

/** Those of some results that are wanted, in that order; the others are disposed. */
function pick(device: Device, results: Readonly<Record<string, TensorInfo>>, wanted: readonly string[]): TensorInfo[] {
  for (const [name, tensor] of Object.entries(results)) if (!wanted.includes(name)) device.dispose(tensor);
  return wanted.map((name) => results[name]);
}

/** Kernels of `layerNorm` and `rmsNorm`. */
export function normForms(device: Device): (typeof normOp)['composed'] {
  return {
    forward: (inputs, { kind, epsilon }) => normalize(device, inputs, kind, epsilon),
    gradient: ([dy], { x, gain }, [note], { kind }, wanted) =>
      pick(device, normalizeGradient(device, dy, x, gain, note, kind), wanted),
  };
}

/** Kernels of `normLinear`. Its notes: the normalized rows, what their gradient reads, the input of the activation. */
export function normLinearForms(device: Device): (typeof normLinearOp)['composed'] {
  return {
    forward({ weight, bias, ...norm }, { kind, epsilon, activation }) {
      const [scaled, note] = normalize(device, norm, kind, epsilon);
      const before = product(device, scaled, weight, { bias });
      if (activation === 'none') return [before, scaled, note];
      return [activate(device, before, activation), scaled, note, before];
    },
    gradient([dy], { x, gain, weight }, [scaled, note, before], { kind, activation }, wanted) {
      return withActivationGradient(device, dy, before, activation, (dBefore) => {
        const inner = affineGradients(device, dBefore, scaled, weight);
        const dScaled = inner.x();
        const outer = normalizeGradient(device, dScaled, x, gain, note, kind);
        device.dispose(dScaled);
        const made = { ...outer, weight: inner.weight(), ...(wanted.includes('bias') ? { bias: inner.bias() } : {}) };
        return pick(device, made, wanted);
      });
    },
  };
}
