import { useBackend } from '@sheep/backend';
import type { GradTree, Optimizer, ParamTree } from '@sheep/core';
import { clearGradients, globalNorm } from '@sheep/ops';
import {
  add,
  mul,
  scalar,
  slice,
  square,
  sub,
  sum,
  tensor,
  tidy,
  valueAndGrad,
  variable,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamw } from './adamw.js';

const treeOf = (values: Record<string, number[] | number[][]>): ParamTree =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, variable(tensor(value))]));

const valuesOf = (tree: ParamTree) =>
  Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, [...value.dataSync()]]));

interface Step {
  readonly step?: number;
  readonly learningRate: number;
  readonly norm?: number;
}

function update(optimizer: Optimizer, params: ParamTree, state: ParamTree, grads: GradTree, options: Step): void {
  const { step = 1, learningRate, norm } = options;
  tidy(() => {
    const found: Scalar = norm === undefined ? globalNorm(Object.values(grads)) : scalar(norm);
    optimizer.update({ params, grads, step, learningRate, scale: scalar(1), norm: found }, state);
  });
}

/** Where 1,500 steps with a falling rate end up, from a start. */
function minimize(f: (x: Tensor) => Scalar, start: number[]): number[] {
  const optimizer = adamw({ weightDecay: 0 });
  const params = treeOf({ x: start });
  const state = optimizer.init(params);
  const [steps, gradientOf] = [1500, valueAndGrad(f)];
  for (let step = 1; step <= steps; step += 1) {
    const { value, grad } = gradientOf(params.x);
    update(optimizer, params, state, { x: grad }, { step, learningRate: 0.1 * (1 - step / (steps + 1)) });
    value.dispose();
    grad.dispose();
  }
  return [...params.x.dataSync()];
}

/** (1 - x)^2 + 100 (y - x^2)^2, lowest at (1, 1). */
function rosenbrock(p: Tensor): Scalar {
  const [x, y] = [slice(p, 0, 1), slice(p, 1, 1)];
  return sum(add(square(sub(1, x)), mul(100, square(sub(y, square(x))))));
}

describe('adamw', () => {
  beforeAll(async () => {
    await useBackend('js');
  });

  it('decays matrices, and neither vectors nor scalars', () => {
    const params = treeOf({ matrix: [[2, -4]], vector: [2, -4] });
    const optimizer = adamw({ weightDecay: 0.5 });
    const grads = { matrix: tensor([[0, 0]]), vector: tensor([0, 0]) };
    update(optimizer, params, optimizer.init(params), grads, { learningRate: 0.25 });
    // w (1 - 0.25 * 0.5)
    expect(valuesOf(params)).toEqual({ matrix: [1.75, -3.5], vector: [2, -4] });
  });

  it('goes one learning rate against the sign at the first step, whatever the size, apart from the decay', () => {
    const params = treeOf({ matrix: [[1, 1]], vector: [1, 1] });
    const optimizer = adamw({ weightDecay: 0.5 });
    const grads = { matrix: tensor([[1e-3, -1e3]]), vector: tensor([1e-3, -1e3]) };
    update(optimizer, params, optimizer.init(params), grads, { learningRate: 0.1 });
    const { matrix, vector } = valuesOf(params);
    expect(matrix[0]).toBeCloseTo(1 - 0.05 - 0.1, 5);
    expect(matrix[1]).toBeCloseTo(1 - 0.05 + 0.1, 5);
    expect(vector[0]).toBeCloseTo(1 - 0.1, 5);
    expect(vector[1]).toBeCloseTo(1 + 0.1, 5);
  });

  it.each([NaN, Infinity])('leaves parameters and moments as they were where the norm is %d', (norm) => {
    const params = treeOf({ matrix: [[1, 2]], vector: [3, 4] });
    const optimizer = adamw({ weightDecay: 0.5 });
    const state = optimizer.init(params);
    const grads = { matrix: tensor([[1, 2]]), vector: tensor([3, 4]) };
    update(optimizer, params, state, grads, { learningRate: 0.1 });
    const before = [valuesOf(params), valuesOf(state)];
    expect(before[0].vector).not.toEqual([3, 4]);
    const broken = { matrix: tensor([[norm, 1]]), vector: tensor([1, 1]) };
    update(optimizer, params, state, broken, { step: 2, learningRate: 0.1, norm });
    expect([valuesOf(params), valuesOf(state)]).toEqual(before);
  });

  it('leaves a parameter without a gradient as it is', () => {
    const params = treeOf({ used: [[1]], unused: [[1]] });
    const optimizer = adamw({ weightDecay: 0.5 });
    const grads: GradTree = { used: tensor([[1]]) };
    update(optimizer, params, optimizer.init(params), grads, { learningRate: 0.1 });
    clearGradients(grads);
    expect(valuesOf(params).unused).toEqual([1]);
    expect(valuesOf(params).used[0]).toBeCloseTo(0.85, 5);
  });

  it('reaches the minimum of a parabola that is steep one way and flat the other', () => {
    const [center, steepness] = [tensor([3, -2]), tensor([100, 0.1])];
    const found = minimize((x) => sum(mul(steepness, square(sub(x, center)))), [0, 0]);
    expect(found[0]).toBeCloseTo(3, 3);
    expect(found[1]).toBeCloseTo(-2, 3);
  });

  it("reaches the minimum of Rosenbrock's valley", () => {
    const found = minimize(rosenbrock, [-1, 1]);
    expect(found[0]).toBeCloseTo(1, 2);
    expect(found[1]).toBeCloseTo(1, 2);
  });

  it.each([
    [{ betas: [0.9, 1] as const }, 'betas from 0 to below 1'],
    [{ betas: [NaN, 0.9] as const }, 'betas from 0 to below 1'],
    [{ epsilon: 0 }, 'an epsilon above 0'],
    [{ epsilon: Infinity }, 'an epsilon above 0'],
    [{ weightDecay: -0.1 }, 'a weight decay of 0 or more'],
    [{ weightDecay: NaN }, 'a weight decay of 0 or more'],
  ])('refuses %o', (options, expected) => {
    expect(() => adamw(options)).toThrow(expected);
  });

  it('takes an option that is undefined as not given', () => {
    const params = treeOf({ matrix: [[1]] });
    const [given, plain] = [adamw({ betas: undefined, weightDecay: undefined }), adamw()];
    const results = [given, plain].map((optimizer) => {
      params.matrix.assign(tensor([[1]]));
      update(optimizer, params, optimizer.init(params), { matrix: tensor([[0.5]]) }, { learningRate: 0.1 });
      return valuesOf(params);
    });
    expect(results[0]).toEqual(results[1]);
  });
});
