import { memory, mul, scalar, setBackend, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { globalNorm, globalNormOp } from './global-norm.js';
import { defineListOp, listOf, numbered, registerListKernel, type OpInputs } from './kernel.js';
import { openBackends, SECOND } from './second-backend.fixture.js';

const scaleAll = defineListOp<OpInputs, { by: number }>('TestScaleAll', (inputs, { by }) =>
  listOf('x', inputs).map((x) => mul(x, by)),
);

const run = (tensors: readonly Tensor[], by: number): number[][] =>
  scaleAll.run(numbered('x', tensors), { by }).map((tensor) => [...tensor.dataSync()]);

beforeAll(openBackends);

describe('a list op', () => {
  it('is its composed form until the backend in use has a kernel of its own', async () => {
    const tensors = [tensor1d([1, 2]), scalar(3)];
    expect(run(tensors, 2)).toEqual([[2, 4], [6]]);
    await setBackend(SECOND);
    expect(run(tensors, 2)).toEqual([[2, 4], [6]]);
    registerListKernel(scaleAll, SECOND, (inputs, { by }) => [scalar(listOf('x', inputs).length * by)]);
    expect(run(tensors, 5)).toEqual([[10]]);
    await setBackend('cpu');
    expect(run(tensors, 5)).toEqual([[5, 10], [15]]);
  });

  it('of this package uses the kernel of a backend', async () => {
    registerListKernel(globalNormOp, SECOND, (inputs) => [scalar(-listOf('x', inputs).length)]);
    const tensors = [tensor1d([3, 0]), scalar(4)];
    expect(globalNorm(tensors).dataSync()[0]).toBe(5);
    await setBackend(SECOND);
    expect(globalNorm(tensors).dataSync()[0]).toBe(-2);
    await setBackend('cpu');
  });

  it('leaves no tensor but its results', () => {
    const x = tensor1d([3, 4]);
    const before = memory().numTensors;
    globalNorm([x, x]).dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe('numbered', () => {
  it('keeps the order of a list beyond ten', () => {
    const list = Array.from({ length: 12 }, (_, i) => scalar(i));
    expect(listOf('x', { ...numbered('x', list), ...numbered('xx', list.slice(3)) })).toEqual(list);
    expect(listOf('y', numbered('x', list))).toEqual([]);
  });
});
