import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openJs } from '../../js/open.js';
import { registerTfjsGradients } from '../../tfjs-gradients.js';
import type { HeapBackend } from './heap-backend.js';
import { deviceNames, openDevice } from './heap-backend.fixture.js';

/** Values that are the same wherever they are made: (rows, 6) floats between -2 and 2. */
const floats = (rows: number, seed: number): tf.Tensor2D =>
  tf.tensor2d(
    Float32Array.from({ length: rows * 6 }, (_, i) => (((i + seed) * 7919) % 401) / 100 - 2),
    [rows, 6],
  );

const x = () => floats(4, 1);
const y = () => floats(4, 50);
const square = () => tf.slice(x(), [0, 1], [4, 4]) as tf.Tensor2D;
const image = () => tf.reshape(floats(16, 3), [1, 8, 6, 2]) as tf.Tensor4D;
const filter = () => tf.reshape(floats(6, 5), [3, 3, 2, 2]) as tf.Tensor4D;
const ids = () => tf.tensor1d([3, 0, 3, 1], 'int32');
const positive = () => tf.add(tf.abs(x()), 0.1);
const gradient = (f: (x: tf.Tensor) => tf.Tensor, at: () => tf.Tensor) => tf.grad(f)(at());

// What users and the composed forms call of tfjs-backend-cpu's kernels: at least one of each way of using memory there.
const computations: Record<string, () => tf.TensorContainer> = {
  'binary, broadcast': () => [
    tf.add(x(), y()),
    tf.mul(x(), tf.slice(y(), [1, 0], [1, 6])),
    tf.div(x(), 3),
    tf.pow(x(), 2),
  ],
  'binary, other types': () => [tf.add(ids(), 1.5), tf.floorDiv(ids(), 2), tf.mod(x(), 0.7), tf.maximum(x(), 0)],
  comparisons: () => [tf.greater(x(), y()), tf.logicalAnd(tf.less(x(), 1), tf.notEqual(y(), 0)), tf.isFinite(x())],
  unary: () => [
    tf.exp(x()),
    tf.tanh(x()),
    tf.erf(x()),
    tf.square(x()),
    tf.rsqrt(positive()),
    tf.logicalNot(tf.less(x(), 0)),
  ],
  select: () => [tf.where(tf.greater(x(), 0), x(), y()), tf.clipByValue(x(), -1, 1)],
  'sums and means': () => [
    tf.sum(x(), 0),
    tf.sum(x(), 1),
    tf.sum(tf.greater(x(), 0)),
    tf.mean(x(), 0),
    tf.prod(x(), 1),
  ],
  extremes: () => [tf.max(x(), 0), tf.min(x(), 1), tf.argMax(x(), 0), tf.argMin(x(), 1), tf.any(tf.greater(x(), 1), 0)],
  cumulative: () => [tf.cumsum(x(), 0), tf.cumsum(x(), 1, true, true), tf.cumprod(x(), 1)],
  products: () => [
    tf.matMul(x(), y(), false, true),
    tf.matMul(x(), y(), true, false),
    tf.einsum('ij,kj->ik', x(), y()),
  ],
  fused: () => [
    tf.fused.matMul({ a: x(), b: y(), transposeB: true, activation: 'relu' }),
    tf.linalg.bandPart(x(), 1, 1),
  ],
  shapes: () => [
    tf.transpose(x()),
    tf.reshape(x(), [2, 12]),
    tf.expandDims(x()),
    tf.tile(x(), [2, 1]),
    tf.reverse(x(), 1),
  ],
  parts: () => [
    tf.slice(x(), [1, 2], [2, 3]),
    tf.slice(x(), [1, 0], [2, 6]),
    tf.stridedSlice(x(), [0, 0], [4, 6], [2, 3]),
  ],
  joined: () => [tf.concat([x(), y()], 0), tf.concat([x(), y()], 1), tf.stack([x(), y()], 1), tf.split(x(), 3, 1)],
  'unstacked, padded': () => [
    tf.unstack(x()),
    tf.pad(
      x(),
      [
        [1, 0],
        [0, 2],
      ],
      5,
    ),
    tf.mirrorPad(
      x(),
      [
        [1, 1],
        [1, 1],
      ],
      'reflect',
    ),
  ],
  gathered: () => [
    tf.gather(x(), ids()),
    tf.gather(x(), ids(), 1),
    tf.gatherND(
      x(),
      tf.tensor2d(
        [
          [1, 2],
          [0, 5],
        ],
        [2, 2],
        'int32',
      ),
    ),
  ],
  scattered: () => [
    tf.scatterND(tf.tensor2d([[1], [4]], [2, 1], 'int32'), tf.slice(x(), [0, 0], [2, 6]), [5, 6]),
    tf.tensorScatterUpdate(x(), tf.tensor2d([[1]], [1, 1], 'int32'), tf.slice(y(), [0, 0], [1, 6])),
    tf.unsortedSegmentSum(x(), ids(), 4),
  ],
  'one hot, filled': () => [
    tf.oneHot(ids(), 5),
    tf.ones([2, 3]),
    tf.onesLike(x()),
    tf.zerosLike(ids()),
    tf.range(0, 9, 2),
  ],
  'softmax and friends': () => [
    tf.softmax(x()),
    tf.logSoftmax(x()),
    tf.logSumExp(x(), 1),
    tf.leakyRelu(x()),
    tf.prelu(x(), y()),
  ],
  ordered: () => [
    Object.values(tf.topk(x(), 2)),
    Object.values(tf.unique(ids())),
    tf.searchSorted(tf.tensor1d([0, 1, 2]), ids()),
  ],
  counted: () => [tf.bincount(ids(), tf.tensor1d([]), 5), tf.denseBincount(ids(), tf.tensor1d([1, 2, 3, 4]), 4)],
  convolutions: () => [tf.conv2d(image(), filter(), 1, 'same'), tf.depthwiseConv2d(image(), filter(), 1, 'valid')],
  pooled: () => [
    tf.maxPool(image(), 2, 2, 'same'),
    tf.avgPool(image(), 3, 1, 'valid'),
    tf.maxPool(image(), 1, 1, 'same'),
  ],
  images: () => [
    tf.image.resizeBilinear(image(), [5, 9]),
    tf.image.resizeNearestNeighbor(image(), [3, 3]),
    tf.image.flipLeftRight(image()),
  ],
  normalized: () => [
    tf.batchNorm(x(), tf.mean(x(), 0), tf.mean(tf.square(y()), 0)),
    tf.moments(x(), 1),
    tf.norm(x(), 2, 1),
  ],
  linear: () => [tf.linalg.qr(square()), tf.linalg.gramSchmidt(square())],
  spectra: () => [
    tf.real(tf.fft(tf.complex(square(), square()))),
    tf.imag(tf.ifft(tf.complex(square(), square()))),
    tf.abs(tf.fft(tf.complex(x(), y()))),
    tf.real(tf.ifft(tf.complex(x(), y()))),
    tf.imag(tf.rfft(x())),
  ],
  complex: () => [
    tf.real(tf.mul(tf.complex(x(), y()), tf.complex(y(), x()))),
    tf.imag(tf.reshape(tf.complex(x(), y()), [24])),
  ],
  'gradients of products': () => [
    gradient((a) => tf.sum(tf.square(tf.matMul(a, y(), false, true))), x),
    gradient(
      (a) => tf.sum(tf.tanh(tf.matMul(a, x()))),
      () => tf.transpose(y()),
    ),
  ],
  'gradients of reductions': () => [
    gradient((a) => tf.mean(tf.mul(tf.softmax(a), y())), x),
    gradient((a) => tf.sum(tf.max(a, 1)), x),
    gradient((a) => tf.sum(tf.mul(tf.cumsum(a, 1), y())), x),
  ],
  'gradients of movements': () => [
    gradient((a) => tf.sum(tf.square(tf.gather(a, ids()))), x),
    gradient((a) => tf.sum(tf.mul(tf.concat([a, y()], 0), floats(8, 9))), x),
    gradient(
      (a) =>
        tf.sum(
          tf.square(
            tf.pad(tf.slice(a, [1, 1], [2, 3]), [
              [0, 1],
              [1, 0],
            ]),
          ),
        ),
      x,
    ),
  ],
  'gradients of images': () => [
    gradient((a) => tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, filter(), 1, 'same'))), image),
    gradient((a) => tf.sum(tf.square(tf.conv2d(image(), a as tf.Tensor4D, 1, 'valid'))), filter),
    gradient((a) => tf.sum(tf.square(tf.maxPool(a as tf.Tensor4D, 2, 2, 'same'))), image),
  ],
};

function flat(container: tf.TensorContainer): tf.Tensor[] {
  if (container instanceof tf.Tensor) return [container];
  return Object.values(container as Record<string, tf.TensorContainer>).flatMap(flat);
}

async function onBackend(name: string, compute: () => tf.TensorContainer) {
  await tf.setBackend(name);
  const results = tf.tidy(() => flat(compute()));
  const read = results.map((tensor) => ({ shape: tensor.shape, dtype: tensor.dtype, values: [...tensor.dataSync()] }));
  tf.dispose(results);
  return read;
}

beforeAll(async () => {
  await registerTfjsGradients();
  await openJs();
});

describe.each(deviceNames)("tfjs-backend-cpu's kernels over %s", (name) => {
  let device: HeapBackend;
  beforeAll(() => {
    device = openDevice(name);
  });

  it.each(Object.entries(computations))('compute what they do on cpu, and leave nothing: %s', async (_, compute) => {
    const expected = await onBackend('cpu', compute);
    const before = device.allocator.bytesInUse;
    const found = await onBackend(name, compute);
    expect(device.allocator.bytesInUse).toBe(before);
    expect(expected.length).toBeGreaterThan(1);
    expect(found).toEqual(expected);
  });
});
