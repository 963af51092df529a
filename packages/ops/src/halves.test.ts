import { toFloat32, type HalfTensor } from '@sheep/core';
import { memory, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeHalves, encodeHalves } from './halves.js';
import { openBackends } from './second-backend.fixture.js';

beforeAll(openBackends);

const bitsOf = ({ buffer, byteOffset, length }: Float32Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length);

describe('decodeHalves', () => {
  const words = Uint16Array.of(0x3c00, 0xc000, 0x7c00, 0x0001, 0x8000, 0x3555, 0xfe03);

  // Views that are no whole pairs, or do not begin at one.
  it.each([
    [0, 7],
    [0, 6],
    [1, 7],
    [1, 6],
    [3, 4],
    [2, 2],
  ])('decodes words %i to %i of an array', (start, end) => {
    const data = words.subarray(start, end);
    const stored: HalfTensor = { dtype: 'F16', shape: [1, data.length], data };
    const before = memory().numTensors;
    const x = decodeHalves(stored);
    expect([x.shape, x.dtype]).toEqual([[1, data.length], 'float32']);
    expect(bitsOf(x.dataSync<'float32'>())).toEqual(bitsOf(toFloat32(stored)));
    x.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('refuses words that are not as many as the shape says', () => {
    expect(() => decodeHalves({ dtype: 'F16', shape: [8], data: words })).toThrow(
      /Size\(7\) must match the product of shape 8/,
    );
  });
});

describe('encodeHalves', () => {
  it.each([
    ['F16', [0x3c00, 0xc100, 0x7c00, 0x2e66, 0x8000]],
    ['BF16', [0x3f80, 0xc020, 0x4780, 0x3dcd, 0x8000]],
  ] as const)('rounds to %s, and leaves no tensor', async (dtype, expected) => {
    const x = tensor([1, -2.5, 65_536, 0.1, -0], [5, 1]);
    const before = memory().numTensors;
    expect(await encodeHalves(x, dtype)).toEqual({ dtype, shape: [5, 1], data: Uint16Array.from(expected) });
    expect(memory().numTensors).toBe(before);
    x.dispose();
  });
});
