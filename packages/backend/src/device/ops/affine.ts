import type { Activation, NormKind } from '@sheep/ops';
import { engine, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { SCRATCH_FLOATS } from '../threads/control.js';
import type { Device } from '../device.js';
import { blockSize, flag, matrix, multiplyPacked, packB, packedWords } from '../kernels/gemm.js';

/** Rows of a block of the gradient, which fixes the order of its sums; fewer where they would not fit into scratch. */
const GRADIENT_ROWS = 32;
const ACTIVATIONS = { none: 0, 'gelu-tanh': 1, 'gelu-erf': 2, silu: 3 } as const;

/** A linear layer, with the norm of its input and the residual that its output is added to. */
export interface Affine {
  readonly x: TensorInfo;
  readonly weight: TensorInfo;
  readonly bias?: TensorInfo;
  readonly residual?: TensorInfo;
  readonly activation?: Activation;
  readonly norm?: {
    readonly gain: TensorInfo;
    readonly shift?: TensorInfo;
    readonly kind: NormKind;
    readonly epsilon: number;
  };
}

/** What is made of it, notes for the gradient only where one is being recorded. */
export interface AffineOutputs {
  readonly y: TensorInfo;
  /** The derivative of the activation. */
  readonly slope?: TensorInfo;
  /** The normalized rows, and the mean and inverse deviation of each. */
  readonly normal?: TensorInfo;
  readonly moments?: TensorInfo;
}

/** Whether two rows of each of these widths fit into a thread's scratch, also as bf16: wider layers run composed. */
export const fitsScratch = (...widths: readonly number[]): boolean =>
  rowsInScratch(...widths.map((width) => 1.5 * width + 1)) >= 2;

/** Rows that fit into a thread's scratch, of so many floats each. */
const rowsInScratch = (...floats: readonly number[]): number =>
  Math.floor(SCRATCH_FLOATS / floats.reduce((sum, count) => sum + count, 0));

/** The rows (N, C) that a tensor (..., C) is. */
export const rowsOf = ({ shape }: TensorInfo): [rows: number, width: number] => [
  util.sizeFromShape(shape.slice(0, -1)),
  shape[shape.length - 1],
];

/** The shape of a tensor with another width. */
const widened = ({ shape }: TensorInfo, width: number): number[] => [...shape.slice(0, -1), width];

const recording = (): boolean => engine().state.gradientDepth > 0;

/** activation(norm(x) weight + bias) + residual. */
export function affine(device: Device, layer: Affine): AffineOutputs {
  const { x, weight, bias, residual, norm, activation = 'none' } = layer;
  const [rows, k] = rowsOf(x);
  const n = weight.shape[1];
  const [y, noted] = [device.output(widened(x, n)), recording()];
  const slope = noted && activation !== 'none' ? device.output([rows, n]) : undefined;
  const normal = noted && norm ? device.output([rows, k]) : undefined;
  const moments = noted && norm ? device.output([rows, 2]) : undefined;
  const [xPlace, ...others] = [x, bias, residual, y, slope, norm?.gain, norm?.shift, normal, moments].map((tensor) =>
    device.place(tensor),
  );
  const [mostRows, columns] = blockSize(rows, n, k, device.threads);
  const { precision } = device;
  const blockRows = Math.min(mostRows, rowsInScratch(norm ? k : 0, precision === 'bf16' ? k / 2 + 1 : 0));
  const sizes = [
    rows,
    k,
    n,
    blockRows,
    columns,
    ACTIVATIONS[activation],
    norm?.kind === 'layer' ? 1 : 0,
    flag(precision),
  ];
  const right = { n, k, b: matrix(device.place(weight), n, false), precision };
  device.room(packedWords(right), (packed) => {
    packB(device, right, packed);
    const blocks = Math.ceil(rows / blockRows) * Math.ceil(n / columns);
    device.run('linear', [xPlace, packed, ...others, ...sizes], [norm?.epsilon ?? 0], blocks);
  });
  return { y, slope, normal, moments };
}

/** What the gradients of {@link affine} are made of. */
export interface AffineSaved {
  readonly weight: TensorInfo;
  /** What the weight was multiplied with: the normalized rows where there was a norm. */
  readonly factor: TensorInfo;
  readonly slope?: TensorInfo;
  readonly norm?: {
    readonly x: TensorInfo;
    readonly gain: TensorInfo;
    readonly moments: TensorInfo;
    readonly kind: NormKind;
    /** The gradient of a residual that went past, added to that of x. */
    readonly past?: TensorInfo;
  };
}

interface Rows {
  readonly rows: number;
  readonly n: number;
  readonly k: number;
}

/** Its gradients, but the residual's: those that are wanted, by the names of the inputs. */
export function affineGradients(
  device: Device,
  dy: TensorInfo,
  saved: AffineSaved,
  wanted: readonly string[],
): Record<string, TensorInfo> {
  const [rows, n] = rowsOf(dy);
  const sizes = { rows, n, k: saved.weight.shape[0] };
  const ofWeight = wanted.includes('weight') || wanted.includes('bias');
  const right = { n, k: rows, b: matrix(0, n, false), precision: device.precision };
  return device.room(ofWeight ? packedWords(right) : 0, (packedDy) => ({
    ...inputGradients(device, dy, saved, sizes, ofWeight ? packedDy : 0, wanted),
    ...(ofWeight ? weightGradients(device, saved.factor, sizes, packedDy, wanted) : {}),
  }));
}

/** The gradients of the rows and of the norm, and dy, through the activation, packed at `packedDy` unless that is 0. */
function inputGradients(
  device: Device,
  dy: TensorInfo,
  { weight, slope, norm }: AffineSaved,
  { rows, n, k }: Rows,
  packedDy: number,
  wanted: readonly string[],
): Record<string, TensorInfo> {
  const outputs: Record<string, TensorInfo> = {};
  if (norm || wanted.includes('x')) outputs.x = device.output(widened(dy, k));
  if (norm) Object.assign(outputs, { gain: device.output([k]), shift: device.output([k]) });
  const inner = [dy, slope].map((tensor) => device.place(tensor));
  const outer = [norm?.x, norm?.gain, norm?.moments, norm?.past].map((tensor) => device.place(tensor));
  const [dx, dGain, dShift] = [outputs.x, outputs.gain, outputs.shift].map((tensor) => device.place(tensor));
  const { precision } = device;
  const fit = Math.min(GRADIENT_ROWS, rowsInScratch(slope ? n : 0, norm ? k : 0, precision === 'bf16' ? n / 2 + 1 : 0));
  // Even, since bf16 packs pairs of rows.
  const blockRows = fit - (fit % 2);
  const blocks = Math.ceil(rows / blockRows);
  const back = { n: k, k: n, b: matrix(device.place(weight), n, true), precision };
  device.room(norm ? blocks * 2 * k : 0, (partials) =>
    device.room(dx ? packedWords(back) : 0, (packed) => {
      if (dx) packB(device, back, packed);
      const places = [...inner, dx ? packed : 0, dx, packedDy, ...outer, partials];
      const sizes = [rows, n, k, blockRows, norm?.kind === 'layer' ? 1 : 0, flag(precision)];
      device.run('linear_gradient', [...places, ...sizes], [], blocks);
      if (norm) device.run('norm_parameters', [partials, dGain, dShift, blocks, k], [], Math.ceil(k / 256));
    }),
  );
  return outputs;
}

/** factor^T dy, and the sums of dy's columns. */
function weightGradients(
  device: Device,
  factor: TensorInfo,
  { rows, n, k }: Rows,
  packedDy: number,
  wanted: readonly string[],
): Record<string, TensorInfo> {
  const weight = device.output([k, n]);
  const bias = wanted.includes('bias') ? device.output([n]) : undefined;
  const a = matrix(device.place(factor), k, true);
  const [b, c] = [matrix(0, n, false), { ref: device.place(weight), rowStride: n, batchStride: 0 }];
  const { precision } = device;
  multiplyPacked(device, { m: k, n, k: rows, a, b, c, sums: device.place(bias), precision }, packedDy);
  return bias ? { weight, bias } : { weight };
}

/** Those of some results that are wanted, in that order; the others are disposed. */
export function pick(
  device: Device,
  results: Readonly<Record<string, TensorInfo | undefined>>,
  wanted: readonly string[],
): TensorInfo[] {
  for (const [name, tensor] of Object.entries(results)) if (tensor && !wanted.includes(name)) device.dispose(tensor);
  return wanted.map((name) => results[name]!);
}
