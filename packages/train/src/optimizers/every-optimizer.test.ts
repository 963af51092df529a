import { useBackend } from '@sheep/backend';
import { readSafetensors, toFloat32, treeToSafetensors, type GradTree, type Optimizer } from '@sheep/core';
import { clearGradients, disposeTree } from '@sheep/ops';
import { memory, tensor, tidy, variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bitsOf, minimize, parabola, rosenbrock, takeUpdate, treeOf } from '../../test/optimizing.js';
import { backendsHere } from '../../../../test/backends-here.js';
import { averaged } from './averaged.js';
import { chain } from './chain.js';
import { clipByValue } from './clip.js';
import { createOptimizer, optimizerKinds, type OptimizerKind } from './create-optimizer.js';

const every = {
  ...Object.fromEntries(optimizerKinds.map((kind) => [kind, () => createOptimizer({ kind, weightDecay: 0.5 })])),
  'sgd without momentum': () => createOptimizer({ kind: 'sgd', momentum: 0 }),
  'adam with clipped values': () => chain(clipByValue(0.5), createOptimizer({ kind: 'adam' })),
  averages: () => averaged(createOptimizer({ kind: 'lion' }), { decay: 0.9 }),
  groups: () => createOptimizer({ kind: 'sgd', groups: [{ match: ['vec*'], learningRateScale: 2, weightDecay: 1 }] }),
} satisfies Record<string, () => Optimizer>;

const VALUES = { matrix: [[1, -2, 0.5], [-0, 3, -1]], wte: [[1, 2], [3, 4], [5, 6]], vector: [3, -4], single: [0.25] }; // prettier-ignore

const gradsOf = (step: number, factor = 1): GradTree => ({
  matrix: tidy(() => tensor([[1, -2, 3 + step], [4, 5, -6 * factor]])), // prettier-ignore
  wte: tensor([[1, 0], [0, -1], [step, 2]]), // prettier-ignore
  vector: tensor([-1 * factor, step]),
  single: tensor([2]),
});

function begin(optimizer: Optimizer) {
  const params = treeOf(VALUES);
  return { params, state: optimizer.init(params) };
}

const bits = ({ params, state }: ReturnType<typeof begin>) => [bitsOf(params), bitsOf(state)];

function take(optimizer: Optimizer, trees: ReturnType<typeof begin>, step: number, broken?: number): void {
  const grads = gradsOf(step, broken);
  takeUpdate(optimizer, trees, grads, { step, learningRate: 0.1, scale: 0.5 });
  clearGradients(grads);
}

describe.each(Object.keys(every))('%s', (name) => {
  const make = every[name as keyof typeof every];

  describe.each(backendsHere)('on %s', (backend) => {
    beforeAll(async () => {
      await useBackend(backend);
    });

    it('leaves every bit of parameters and state as it was where the gradient is not finite', () => {
      const optimizer = make();
      const trees = begin(optimizer);
      const start = bits(trees);
      take(optimizer, trees, 1, NaN);
      expect(bits(trees)).toEqual(start);
      take(optimizer, trees, 1);
      const before = bits(trees);
      expect(before[0]).not.toEqual(start[0]);
      for (const broken of [NaN, Infinity, -Infinity]) take(optimizer, trees, 2, broken);
      expect(bits(trees)).toEqual(before);
      Object.values(trees).forEach(disposeTree);
    });

    it('leaves a parameter without a gradient as it is, and what it keeps of it', () => {
      const optimizer = make();
      const trees = begin(optimizer);
      take(optimizer, trees, 1);
      const before = bits(trees);
      const { matrix } = gradsOf(2);
      takeUpdate(optimizer, trees, { matrix }, { step: 2, learningRate: 0.1 });
      const after = bits(trees);
      expect(after[0].matrix).not.toEqual(before[0].matrix);
      for (const other of ['wte', 'vector', 'single']) {
        expect(after[0][other]).toEqual(before[0][other]);
        // An average goes on towards a weight that stands still.
        const kept = Object.keys(before[1]).filter((key) => key.endsWith(`/${other}`) && !key.startsWith('average/'));
        for (const key of kept) expect(after[1][key]).toEqual(before[1][key]);
      }
      Object.values(trees).forEach(disposeTree);
    });

    it('keeps the number of live tensors and of their bytes', () => {
      const optimizer = make();
      const before = memory().numTensors;
      const trees = begin(optimizer);
      const live = [1, 2, 3, 4].map((step) => {
        take(optimizer, trees, step);
        return [memory().numTensors, memory().numBytes];
      });
      expect(live[3]).toEqual(live[0]);
      Object.values(trees).forEach(disposeTree);
      expect(memory().numTensors).toBe(before);
    });

    it('goes on to the same bits from a state that was in a file', async () => {
      const optimizer = make();
      const [through, stopped] = [begin(optimizer), begin(optimizer)];
      for (let step = 1; step <= 4; step += 1) take(optimizer, through, step);
      for (let step = 1; step <= 2; step += 1) take(optimizer, stopped, step);
      const { tensors } = readSafetensors(await treeToSafetensors(stopped.state));
      const state = Object.fromEntries(
        [...tensors].map(([key, stored]) => [key, tidy(() => variable(tensor(toFloat32(stored), [...stored.shape])))]),
      );
      expect(Object.keys(state).sort()).toEqual(Object.keys(stopped.state).sort());
      const resumed = { params: stopped.params, state };
      for (let step = 3; step <= 4; step += 1) take(optimizer, resumed, step);
      expect(bits(resumed)[0]).toEqual(bits(through)[0]);
      for (const [key, value] of Object.entries(bits(through)[1])) expect(bits(resumed)[1][key]).toEqual(value);
      [...Object.values(through), stopped.params, stopped.state, state].forEach(disposeTree);
    });
  });
});

/** Rates that suit a parabola and Rosenbrock's narrow valley, and the steps that the latter takes. */
const numbers: Record<OptimizerKind, readonly [parabola: number, valley: number, steps: number]> = {
  adamw: [0.1, 0.1, 1500],
  adam: [0.1, 0.1, 1500],
  sgd: [0.05, 2e-3, 1500],
  lion: [0.02, 0.02, 2000],
  adafactor: [0.1, 0.05, 6000],
  muon: [0.1, 0.1, 1500],
};

describe.each(optimizerKinds)('%s', (kind) => {
  beforeAll(async () => {
    await useBackend('js');
  });

  const optimizer = () => createOptimizer({ kind, weightDecay: 0 });

  it('reaches the minimum of a parabola', () => {
    const [rate] = numbers[kind];
    const [x, y] = minimize(optimizer(), parabola([1, -1], [1, 3]), { start: [-2, 2], steps: 1000, rate });
    expect(Math.hypot(x - 1, y + 1)).toBeLessThan(0.005);
  });

  it("reaches the minimum of Rosenbrock's valley", () => {
    const [, rate, steps] = numbers[kind];
    const [x, y] = minimize(optimizer(), rosenbrock, { start: [-1, 1], steps, rate });
    expect(Math.hypot(x - 1, y - 1)).toBeLessThan(0.05);
  });
});
