import { fillNormal } from '@sheep/core';
import { grads, tensor3d, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { attention } from './attention.js';
import { openBackends } from './second-backend.fixture.js';

const [B, T, C] = [2, 7, 6];
const ROW = 3 * C;

const normal = (size: number, stream: number) => fillNormal({ seed: 5, stream, step: 0 }, new Float32Array(size));
const packed = normal(B * T * ROW, 0);
const run = (values: Float32Array, headCount = 2): Float32Array =>
  attention(tensor3d(values, [B, T, ROW]), { headCount }).dataSync<'float32'>();

/** The values of the tokens [from, to) of a sequence. */
const tokens = (values: Float32Array, sequence: number, from: number, to: number, width = C) =>
  values.slice((sequence * T + from) * width, (sequence * T + to) * width);

beforeAll(openBackends);

describe('attention', () => {
  it('sees no later token: changing one changes no byte before it, and the tokens from it on', () => {
    const before = run(packed);
    for (let t = 0; t < T; t += 1) {
      const changed = packed.slice();
      changed.set(normal(ROW, 1 + t), (T + t) * ROW); // in the second sequence
      const after = run(changed);
      expect(tokens(after, 0, 0, T)).toEqual(tokens(before, 0, 0, T));
      expect(tokens(after, 1, 0, t)).toEqual(tokens(before, 1, 0, t));
      for (let later = t; later < T; later += 1) {
        expect(tokens(after, 1, later, later + 1)).not.toEqual(tokens(before, 1, later, later + 1));
      }
    }
  });

  it('sends no gradient to later tokens', () => {
    const dy = new Float32Array(B * T * C);
    dy.set(normal(C, 9), 3 * C); // the token 3 of the first sequence
    const qkv = tensor3d(packed, [B, T, ROW]);
    const [found] = grads((x: Tensor) => attention(x as Tensor3D, { headCount: 2 }))([qkv], tensor3d(dy, [B, T, C]));
    const values = found.dataSync<'float32'>();
    expect([...tokens(values, 0, 4, T, ROW), ...tokens(values, 1, 0, T, ROW)].every((value) => value === 0)).toBe(true);
    expect(tokens(values, 0, 0, 4, ROW).every((value) => value === 0)).toBe(false);
  });

  it('is the mean of the values so far where every query is 0', () => {
    const values = packed.map((value, i) => (i % ROW < C ? 0 : value));
    const result = run(values, 3);
    for (let t = 0; t < T; t += 1) {
      for (let c = 0; c < C; c += 1) {
        const seen = Array.from({ length: t + 1 }, (_, i) => packed[i * ROW + 2 * C + c]);
        expect(result[t * C + c]).toBeCloseTo(seen.reduce((a, b) => a + b) / (t + 1), 5);
      }
    }
  });
});
