import { SheepError } from '@sheep/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openJs } from '../../js/open.js';
import { registerTfjsGradients } from '../../tfjs-gradients.js';
import type { Block } from '../heap/allocator-blocks.js';
import type { HeapBackend } from './heap-backend.js';
import { deviceNames, openDevice } from './heap-backend.fixture.js';

interface HeapMemory extends tf.MemoryInfo {
  readonly heapBytes: number;
  readonly heapBytesInUse: number;
}

const memory = (): HeapMemory => tf.memory() as HeapMemory;
const PAGE = 65_536;

beforeAll(async () => {
  await registerTfjsGradients();
  await openJs();
});

describe.each(deviceNames)('a device over %s', (name) => {
  let device: HeapBackend;
  beforeAll(() => {
    device = openDevice(name);
  });
  beforeEach(async () => {
    await tf.setBackend(name);
  });

  it.each([
    ['float32', [1.5, -0, Number.NaN, Infinity, 1e-42, 3], Float32Array],
    ['int32', [1, -2147483648, 2147483647, 0], Int32Array],
    ['bool', [true, false, true], Uint8Array],
  ] as const)('gives back what was written: %s', async (dtype, values, array) => {
    const tensor = tf.tensor1d([...values] as number[], dtype);
    const expected = array.from(values as readonly number[]);
    expect(tensor.dataSync()).toEqual(expected);
    expect(await tensor.data()).toEqual(expected);
    const place = device.place(tensor);
    expect(tensor.dataSync()).toEqual(expected);
    expect(device.view(tensor).byteOffset).toBe(place * 16);
    tensor.dispose();
  });

  it('keeps strings and complex numbers as tfjs-backend-cpu does', async () => {
    const words = tf.tensor1d(['one', 'zwölf']);
    expect(await words.data()).toEqual(['one', 'zwölf']);
    const numbers = tf.complex([1, 2], [3, 4]);
    expect(numbers.dataSync()).toEqual(Float32Array.of(1, 3, 2, 4));
    const spectrum = tf.fft(numbers);
    expect(spectrum.dataSync()).toEqual(Float32Array.of(3, 7, -1, -1));
    expect(() => device.place(words)).toThrow(SheepError);
    tf.dispose([words, numbers, spectrum]);
  });

  it('does not keep the array that a tensor was made of', () => {
    const given = Float32Array.of(1, 2, 3);
    const tensor = tf.tensor1d(given);
    given.fill(9);
    expect(tensor.dataSync()).toEqual(Float32Array.of(1, 2, 3));
    tensor.dispose();
  });

  it('reads copies, in memory of their own, that later kernels do not change', () => {
    const tensor = tf.tensor1d([1, 2, 3]);
    device.place(tensor);
    const read = tensor.dataSync();
    device.view(tensor).fill(7);
    expect(read).toEqual(Float32Array.of(1, 2, 3));
    expect(read.buffer).toBeInstanceOf(ArrayBuffer);
    read.fill(8);
    expect(tensor.dataSync()).toEqual(Float32Array.of(7, 7, 7));
    tensor.dispose();
  });

  it('hands a kernel of ours places, and takes its output as a tensor', () => {
    const [x, empty] = [tf.tensor2d([[1, 2, 3]]), tf.zeros([0, 3])];
    const [from, nowhere] = [device.place(x), device.place(empty)];
    const info = device.allocateOutput([3, 1]);
    const to = device.place(info);
    const { f32 } = device.allocator.heap;
    for (let i = 0; i < 3; i += 1) f32[to * 4 + i] = f32[from * 4 + i] * 10;
    const y = tf.engine().makeTensorFromTensorInfo(info);
    expect(y.arraySync()).toEqual([[10], [20], [30]]);
    expect(tf.add(y, 1).arraySync()).toEqual([[11], [21], [31]]);
    expect(nowhere).toBeGreaterThan(0);
    tf.dispose([x, y, empty]);
  });

  it('counts references: the values stay until the last tensor over them is disposed', () => {
    const before = device.allocator.bytesInUse;
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    device.place(x);
    const shaped = tf.reshape(x, [4]);
    const used = device.allocator.bytesInUse;
    expect(device.place(shaped)).toBe(device.place(x));
    x.dispose();
    expect(device.allocator.bytesInUse).toBe(used);
    expect(shaped.arraySync()).toEqual([1, 2, 3, 4]);
    shaped.dispose();
    expect(device.allocator.bytesInUse).toBe(before);
  });

  it('casts values, not labels', () => {
    const [whole, truth] = [tf.tensor1d([1, -5], 'int32'), tf.tensor1d([true, false], 'bool')];
    const casts = [tf.cast(whole, 'float32'), tf.cast(truth, 'float32'), tf.cast(truth, 'int32')];
    for (const cast of casts) device.place(cast);
    expect(casts.map((cast) => cast.dataSync())).toEqual([
      Float32Array.of(1, -5),
      Float32Array.of(1, 0),
      Int32Array.of(1, 0),
    ]);
    const back = [tf.cast(tf.tensor1d([1.9, -1.9, 0]), 'int32'), tf.cast(tf.tensor1d([0.5, 0, -3]), 'bool')];
    expect(back.map((cast) => cast.arraySync())).toEqual([
      [1, -1, 0],
      [1, 0, 1],
    ]);
    const z = tf.cast(whole, 'complex64');
    expect(z.dataSync()).toEqual(Float32Array.of(1, 0, -5, 0));
    tf.dispose([whole, truth, casts, back, z]);
  });

  it('keeps its tensors when the heap grows', () => {
    const tensors = [tf.tensor1d([1, 2, 3]), tf.tensor1d([4, 5], 'int32'), tf.tensor1d([true], 'bool')];
    const places = tensors.map((tensor) => device.place(tensor));
    const bytes = device.allocator.heapBytes;
    const large = Array.from({ length: 3 }, () =>
      tf.engine().makeTensorFromTensorInfo(device.allocateOutput([bytes / 4])),
    );
    expect(device.allocator.heapBytes).toBeGreaterThan(bytes);
    expect(tensors.map((tensor) => tensor.arraySync())).toEqual([[1, 2, 3], [4, 5], [1]]);
    expect(tensors.map((tensor) => device.place(tensor))).toEqual(places);
    tf.dispose([tensors, large]);
  });

  it('takes over a tensor of another backend in the middle of a kernel, however full it is', async () => {
    const here = tf.ones([256]);
    await tf.setBackend('cpu');
    const there = tf.reshape(tf.range(0, 256 * 256), [256, 256]);
    await tf.setBackend(name);
    const { allocator } = device;
    const filling: Block[] = [];
    for (let block = allocator.find(PAGE); block; block = allocator.find(PAGE)) filling.push(block);
    const sum = tf.add(here, there);
    expect(sum.dataSync()).toEqual(Float32Array.from({ length: 256 * 256 }, (_, i) => i + 1));
    await tf.setBackend('cpu');
    expect(tf.max(sum).dataSync()[0]).toBe(256 * 256);
    for (const block of filling) allocator.release(block);
    tf.dispose([here, there, sum]);
  });

  it('is where it was when all is disposed, and says what it holds', () => {
    tf.engine().startScope();
    const before = memory();
    const x = tf.tensor1d(new Float32Array(1000));
    device.place(x);
    expect(memory()).toMatchObject({
      numTensors: before.numTensors + 1,
      numBytes: before.numBytes + 4000,
      heapBytesInUse: before.heapBytesInUse + 4096,
      unreliable: false,
    });
    x.dispose();
    expect(memory()).toEqual({ ...before, heapBytes: expect.any(Number) as number });
    tf.engine().endScope();
  });
});

it('does not register a device twice', () => {
  expect(() => openDevice('heap-shared')).toThrow("received 'heap-shared', which one has");
});
