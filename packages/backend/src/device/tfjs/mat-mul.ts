import {
  broadcast_util,
  util,
  type _FusedMatMulAttrs,
  type BatchMatMulAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { multiply, packedWords, type Product } from '../kernels/gemm.js';
import type { KernelName } from '../kernel-names.js';
import { blocksOf, type Form, type Forms } from './form.js';

/** What `multiply` takes but for places, and the shape of the result. */
interface Sizes {
  readonly shape: number[];
  readonly product: Omit<Product, 'a' | 'b' | 'c'>;
  readonly a: Omit<Product['a'], 'ref'>;
  readonly b: Omit<Product['b'], 'ref'>;
}

function strides([rows, columns]: readonly number[], transposed: boolean, batch: number) {
  const batchStride = batch === 1 ? 0 : rows * columns;
  return { rowStride: transposed ? 1 : columns, columnStride: transposed ? columns : 1, batchStride };
}

/**
 * Batches of one size, or one matrix for all of a batch; undefined for others, whose batches broadcast otherwise, for
 * other types than float32, and for matrices without values.
 */
function sizesOf(a: TensorInfo, b: TensorInfo, { transposeA, transposeB }: BatchMatMulAttrs): Sizes | undefined {
  const [aMatrix, bMatrix] = [a.shape.slice(-2), b.shape.slice(-2)];
  const [m, k] = transposeA ? aMatrix.toReversed() : aMatrix;
  const [inner, n] = transposeB ? bMatrix.toReversed() : bMatrix;
  const [aBatch, bBatch] = [a, b].map(({ shape }) => util.sizeFromShape(shape.slice(0, -2)));
  const batch = Math.max(aBatch, bBatch);
  const fits = inner === k && (aBatch === batch || aBatch === 1) && (bBatch === batch || bBatch === 1);
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || !fits || m * n * k * aBatch * bBatch === 0) return undefined;
  const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (util.sizeFromShape(outer) !== batch) return undefined;
  const shape = [...outer, m, n];
  // With one B for all, the rows of all of the batch are rows of one matrix.
  const asOne = bBatch === 1 && !transposeA;
  return {
    shape,
    product: asOne ? { m: m * batch, n, k } : { m, n, k, batch },
    a: strides(aMatrix, transposeA, asOne ? 1 : aBatch),
    b: strides(bMatrix, transposeB, bBatch),
  };
}

function multiplied(device: Device, a: TensorInfo, b: TensorInfo, sizes: Sizes, bias?: TensorInfo): TensorInfo {
  const { m, n } = sizes.product;
  const operands = { a: { ...sizes.a, ref: device.place(a) }, b: { ...sizes.b, ref: device.place(b) } };
  const added = device.place(bias);
  const y = device.output(sizes.shape);
  const c = { ref: device.place(y), rowStride: n, batchStride: m * n };
  const product = { ...sizes.product, ...operands, c, bias: added };
  device.room(packedWords(product), (packed) => multiply(device, product, packed));
  return y;
}

const matMul: Form = (device, { inputs, attrs }) => {
  const { a, b } = inputs;
  const sizes = sizesOf(a, b, attrs as unknown as BatchMatMulAttrs);
  return sizes && multiplied(device, a, b, sizes);
};

/** Activations as kernels with their parameters. */
function activationOf({ activation, leakyreluAlpha }: _FusedMatMulAttrs): readonly [KernelName, number[]] | undefined {
  switch (activation as string | null | undefined) {
    case 'relu':
      return ['unary_relu', []];
    case 'relu6':
      return ['unary_clip', [0, 6]];
    case 'elu':
      return ['unary_elu', []];
    case 'leakyrelu':
      return leakyreluAlpha === undefined ? undefined : ['unary_leaky_relu', [leakyreluAlpha]];
    case 'sigmoid':
      return ['pointwise_logistic', []];
    default:
      return undefined;
  }
}

/** With a bias of the width of the result, or none, and an activation that takes no other tensor, or none. */
const fusedMatMul: Form = (device, { inputs, attrs }) => {
  const { a, b, bias } = inputs as Readonly<Record<'a' | 'b', TensorInfo>> & { readonly bias?: TensorInfo };
  const given = attrs as unknown as _FusedMatMulAttrs;
  const sizes = sizesOf(a, b, given);
  const fits = !bias || (bias.dtype === 'float32' && util.arraysEqual(bias.shape, sizes?.shape.slice(-1) ?? []));
  const activation = activationOf(given);
  const plain = !given.activation || (given.activation as string) === 'linear';
  if (!sizes || !fits || (!activation && !plain)) return undefined;
  const y = multiplied(device, a, b, sizes, bias);
  if (activation) {
    const [place, count] = [device.place(y), util.sizeFromShape(y.shape)];
    device.run(activation[0], [place, place, count], activation[1], blocksOf(count));
  }
  return y;
};

/** Products of matrices. */
export const matMulForms: Forms = { BatchMatMul: matMul, _FusedMatMul: fusedMatMul };
