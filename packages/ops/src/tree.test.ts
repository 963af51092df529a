import type { GradTree, ParamTree } from '@sheep/core';
import { memory, tensor1d, tensor2d, tidy, variable } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { headLoss } from './head-loss.js';
import { openBackends } from './second-backend.fixture.js';
import { clearGradients, differentiate, disposeTree, zerosTree } from './tree.js';

let params: ParamTree;

beforeAll(openBackends);
beforeEach(() => {
  params = tidy(() => ({
    hidden: variable(tensor2d([[1, -1]])),
    weight: variable(tensor2d([1, 0, 0, 1, 2, 1], [3, 2])),
    unused: variable(tensor1d([7])),
  }));
});

/** A loss made of an op of this package: one target of three. */
const lossAndGradients = (into: GradTree, trainable?: (name: string) => boolean) =>
  differentiate(
    params,
    into,
    () => {
      const sums = headLoss(params.hidden as never, params.weight as never, tensor1d([0], 'int32'));
      return { ...sums, count: 1 };
    },
    trainable,
  );

const valuesOf = (tree: ParamTree | GradTree) =>
  Object.fromEntries(Object.entries(tree).map(([name, tensor]) => [name, [...tensor.dataSync()]]));

describe('differentiate', () => {
  it('returns what was computed and puts the gradients into the tree, none where there is none', () => {
    const grads: GradTree = {};
    const { loss, correct, count } = lossAndGradients(grads);
    // logits 1, -1, 1
    const total = 2 * Math.E + 1 / Math.E;
    expect(loss.dataSync()[0]).toBeCloseTo(Math.log(total) - 1, 5);
    expect([correct.dataSync()[0], count]).toEqual([1, 1]);
    const p = [Math.E / total - 1, 1 / Math.E / total, Math.E / total];
    const expected = { hidden: [p[0] + 2 * p[2], p[1] + p[2]], weight: p.flatMap((value) => [value, -value]) };
    expect(Object.keys(grads)).toEqual(['hidden', 'weight']);
    for (const [name, values] of Object.entries(expected)) {
      values.forEach((value, i) => expect(grads[name].dataSync()[i]).toBeCloseTo(value, 5));
    }
  });

  it('adds to the gradients that are there: twice gives the double', () => {
    const grads: GradTree = {};
    lossAndGradients(grads);
    const once = valuesOf(grads);
    lossAndGradients(grads);
    const doubled = Object.fromEntries(
      Object.entries(once).map(([name, list]) => [name, list.map((value) => 2 * value)]),
    );
    expect(valuesOf(grads)).toEqual(doubled);
  });

  it.each([['hidden'], ['weight']])('gives the same gradient to what is trained alone: %s', (only) => {
    const [all, one]: GradTree[] = [{}, {}];
    lossAndGradients(all);
    lossAndGradients(one, (name) => name === only);
    expect(valuesOf(one)).toEqual({ [only]: valuesOf(all)[only] });
  });

  it('gives its gradient to a tensor that has another name under which it is frozen', () => {
    const [all, one]: GradTree[] = [{}, {}];
    lossAndGradients(all);
    params = { ...params, tied: params.weight };
    lossAndGradients(one, (name) => name !== 'tied');
    expect(valuesOf(one)).toEqual(valuesOf(all));
  });

  it('leaves the loss, what is correct and the gradients, which outlive a tidy; the sums do not', () => {
    const before = memory().numTensors;
    const grads: GradTree = {};
    for (let i = 0; i < 3; i += 1) {
      const { loss, correct } = lossAndGradients(grads);
      expect(memory().numTensors).toBe(before + 4);
      loss.dispose();
      correct.dispose();
    }
    tidy(() => void lossAndGradients(grads));
    expect(memory().numTensors).toBe(before + 2);
    clearGradients(grads);
    expect(Object.keys(grads)).toEqual([]);
    expect(memory().numTensors).toBe(before);
  });
});

describe('a tree', () => {
  it('of zeros has the shapes of another under prefixed names, and is disposed as a whole', () => {
    const before = memory().numTensors;
    const zeros = zerosTree(params, 'first/');
    expect(valuesOf(zeros)).toEqual({
      'first/hidden': [0, 0],
      'first/weight': [0, 0, 0, 0, 0, 0],
      'first/unused': [0],
    });
    expect(zeros['first/weight'].shape).toEqual([3, 2]);
    zeros['first/unused'].assign(tensor1d([3]));
    expect([...params.unused.dataSync()]).toEqual([7]);
    disposeTree(zeros);
    expect(memory().numTensors).toBe(before + 1);
  });
});
