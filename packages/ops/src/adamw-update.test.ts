import { fillNormal } from '@sheep/core';
import { memory, scalar, tensor, tidy, variable, type Variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamwUpdate } from './adamw-update.js';
import { openBackends } from './second-backend.fixture.js';

const shapes = [[3, 5], [5], [1]];
const attributes = { learningRate: 1e-2, betas: [0.9, 0.99], epsilon: 1e-8, weightDecays: [0.1, 0, 0] } as const;

const random = (stream: number, shape: number[], map = (value: number): number => value): Variable => {
  const values = fillNormal({ seed: 1, stream, step: 0 }, new Float32Array(shape.reduce((a, b) => a * b)));
  return tidy(() => variable(tensor(values.map(map), shape)));
};

function makeTensors() {
  return {
    params: shapes.map((shape, i) => random(i, shape)),
    grads: shapes.map((shape, i) => random(10 + i, shape)),
    firstMoments: shapes.map((shape, i) => random(20 + i, shape)),
    secondMoments: shapes.map((shape, i) => random(30 + i, shape, (value) => value ** 2)),
  };
}

const bytesOf = ({ params, firstMoments, secondMoments }: ReturnType<typeof makeTensors>): number[][] =>
  [...params, ...firstMoments, ...secondMoments].map((one) => [
    ...new Uint8Array((one.dataSync() as Float32Array).slice().buffer),
  ]);

beforeAll(openBackends);

describe('adamwUpdate', () => {
  it('follows the formula, with decay and scale', () => {
    const [param, first, second] = [[2], [0.5], [0.25]].map((values) => variable(tensor(values)));
    const grads = [tensor([3])];
    const tensors = { params: [param], grads, firstMoments: [first], secondMoments: [second] };
    adamwUpdate(tensors, { scale: scalar(0.5), norm: scalar(1) }, { ...attributes, step: 3, weightDecays: [0.1] });
    const m = 0.9 * 0.5 + 0.1 * 1.5;
    const v = 0.99 * 0.25 + 0.01 * 1.5 ** 2;
    const change = m / (1 - 0.9 ** 3) / (Math.sqrt(v / (1 - 0.99 ** 3)) + 1e-8);
    expect(first.dataSync()[0]).toBeCloseTo(m, 6);
    expect(second.dataSync()[0]).toBeCloseTo(v, 6);
    expect(param.dataSync()[0]).toBeCloseTo(2 * (1 - 0.01 * 0.1) - 0.01 * change, 6);
    expect(grads[0].dataSync()[0]).toBe(3);
  });

  it.each([Number.NaN, Infinity])('leaves every byte as it was where the norm is %s', (norm) => {
    const tensors = makeTensors();
    const before = bytesOf(tensors);
    adamwUpdate(tensors, { scale: scalar(0.5), norm: scalar(norm) }, { ...attributes, step: 1 });
    expect(bytesOf(tensors)).toEqual(before);
    adamwUpdate(tensors, { scale: scalar(0.5), norm: scalar(1) }, { ...attributes, step: 1 });
    expect(bytesOf(tensors)).not.toEqual(before);
  });

  it('leaves every byte as it was where gradients and scale are not finite either', () => {
    const tensors = makeTensors();
    const before = bytesOf(tensors);
    tensors.grads.forEach((grad, i) => {
      const values = grad.dataSync();
      values[0] = [Number.NaN, Infinity, -Infinity][i];
      grad.assign(tensor(values, grad.shape));
    });
    for (const scale of [1, 0, Number.NaN, Infinity]) {
      adamwUpdate(tensors, { scale: scalar(scale), norm: scalar(Number.NaN) }, { ...attributes, step: 2 });
    }
    expect(bytesOf(tensors)).toEqual(before);
  });

  it('makes no tensors', () => {
    const tensors = makeTensors();
    const scalars = { scale: scalar(1), norm: scalar(1) };
    const before = memory().numTensors;
    adamwUpdate(tensors, scalars, { ...attributes, step: 1 });
    expect(memory().numTensors).toBe(before);
  });
});
