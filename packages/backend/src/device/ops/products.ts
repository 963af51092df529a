import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { multiply, packedFloats, type Operand } from '../gemm.js';

/** A matrix in the heap, as it lies or transposed. */
export const matrix = (ref: number, width: number, transposed: boolean): Operand => ({
  ref,
  rowStride: transposed ? 1 : width,
  columnStride: transposed ? width : 1,
  batchStride: 0,
});

/** How two matrices are multiplied, and what is added. */
export interface ProductOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Over the columns. */
  readonly bias?: TensorInfo;
  /** Of the product's shape. */
  readonly residual?: TensorInfo;
}

/** op(A) op(B) + bias + residual, of two matrices. */
export function product(device: Device, a: TensorInfo, b: TensorInfo, options: ProductOptions = {}): TensorInfo {
  const { transposeA = false, transposeB = false, bias, residual } = options;
  const [m, k] = transposeA ? [a.shape[1], a.shape[0]] : a.shape;
  const n = b.shape[transposeB ? 0 : 1];
  const sizes = {
    m,
    n,
    k,
    a: matrix(device.place(a), a.shape[1], transposeA),
    b: matrix(device.place(b), b.shape[1], transposeB),
    bias: device.place(bias),
    add: residual !== undefined,
  };
  const c = residual ? device.copy(residual) : device.output([m, n]);
  const output = { ref: device.place(c), rowStride: n, batchStride: 0 };
  device.room(packedFloats(sizes), (packed) => multiply(device, { ...sizes, c: output }, packed));
  return c;
}

/** The sum of the rows of a matrix, as a product with ones. */
export function sumRows(device: Device, rows: TensorInfo): TensorInfo {
  const [k, n] = rows.shape;
  const b = matrix(device.place(rows), n, false);
  const sum = device.output([n]);
  const c = { ref: device.place(sum), rowStride: n, batchStride: 0 };
  device.room(4 + packedFloats({ n, k, b }), (room) => {
    device.run('fill', [room, 1], [1], 1);
    // One float that stands for a row of them: its strides are zero.
    const a = { ref: room, rowStride: 0, columnStride: 0, batchStride: 0 };
    multiply(device, { m: 1, n, k, a, b, c }, room + 1);
  });
  return sum;
}
