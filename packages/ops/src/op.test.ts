import {
  add,
  grads,
  memory,
  mul,
  neg,
  ones,
  setBackend,
  sum,
  tensor1d,
  tensor2d,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attentionBlock } from './attention-block.js';
import { linearActivation, linearResidual, linearResidualOp } from './linear.js';
import { withConstants } from './constants.js';
import { mlpBlock } from './mlp-block.js';
import { normLinear } from './norm-linear.js';
import { layerNorm, rmsNorm } from './normalize.js';
import { defineOp, registerOpKernels } from './op.js';
import { openBackends, SECOND } from './second-backend.fixture.js';

type ScaleInputs = { x: Tensor; gain: Tensor; shift?: Tensor };

/** y = power x gain + shift, with x gain as its note. */
const scaleOp = defineOp<ScaleInputs, { power: number }>({
  name: 'TestScale',
  outputs: 1,
  saves: ['x', 'gain'],
  differentiable: ['x', 'gain', 'shift'],
  composed: {
    forward({ x, gain, shift }, { power }) {
      const product = mul(x, gain);
      const scaled = mul(product, power);
      return [shift ? add(scaled, shift) : scaled, product];
    },
    gradient([dy], { x, gain }, _notes, { power }, wanted) {
      const gradients: Record<string, () => Tensor> = {
        x: () => mul(mul(dy, gain), power),
        gain: () => mul(mul(dy, x), power),
        shift: () => dy.clone(),
      };
      return wanted.map((name) => gradients[name]());
    },
  },
});

const scale = (x: Tensor, gain: Tensor, shift?: Tensor): Tensor => scaleOp.run({ x, gain, shift }, { power: 10 })[0];
const valuesOf = (tensors: Tensor[]): number[][] => tensors.map((tensor) => [...tensor.dataSync()]);

const residualCall = (x: Tensor, weight: Tensor, residual: Tensor) =>
  linearResidual(x, { weight: weight as never }, residual);

/** How many tensors there are more once the results are disposed. */
const made = (compute: () => Tensor[]): number => {
  const before = memory().numTensors;
  for (const result of compute()) result.dispose();
  return memory().numTensors - before;
};

let x: Tensor1D;
let gain: Tensor1D;
let shift: Tensor1D;
let dy: Tensor1D;

const gradientsOf = (f: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]) => valuesOf(grads(f)(inputs, dy));

beforeAll(async () => {
  await openBackends();
  registerOpKernels(scaleOp, SECOND, {
    // A kernel that marks its numbers: the negative of the op, with 1000 as its note.
    forward: ({ x, gain, shift }, { power }) => {
      const scaled = neg(mul(mul(x, gain), power));
      return [shift ? add(scaled, shift) : scaled, mul(add(mul(x, 0), 1), 1000)];
    },
    gradient: ([dy], { x }, [note], { power }, wanted) =>
      wanted.map((name) => add(mul(dy, power), name === 'x' ? note : x)),
  });
});

beforeEach(async () => {
  await setBackend('cpu');
  [x, gain, shift, dy] = [
    [2, 3],
    [5, 7],
    [1, -1],
    [1, 100],
  ].map((values) => tensor1d(values));
});

describe('an op', () => {
  it('is its composed form on a backend without a kernel of its own', () => {
    expect([...scale(x, gain, shift).dataSync()]).toEqual([101, 209]);
    expect([...scale(x, gain).dataSync()]).toEqual([100, 210]);
    expect(gradientsOf(scale, x, gain, shift)).toEqual([
      [50, 7000],
      [20, 3000],
      [1, 100],
    ]);
  });

  it('is the kernel that the backend registered, forward and gradient, with notes, saved inputs and attributes', async () => {
    await setBackend(SECOND);
    expect([...scale(x, gain, shift).dataSync()]).toEqual([-99, -211]);
    expect(gradientsOf(scale, x, gain)).toEqual([
      [1010, 2000],
      [12, 1003],
    ]);
  });

  it('asks for the gradients of the inputs that were given and are no constants', async () => {
    const asked: string[][] = [];
    registerOpKernels(scaleOp, SECOND, {
      ...scaleOp.composed,
      gradient: (dy, saved, notes, attributes, wanted) => {
        asked.push([...wanted]);
        return scaleOp.composed.gradient(dy, saved, notes, attributes, wanted);
      },
    });
    await setBackend(SECOND);
    expect(gradientsOf(scale, x, gain)).toEqual([
      [50, 7000],
      [20, 3000],
    ]);
    expect(gradientsOf(scale, x, gain, shift)[2]).toEqual([1, 100]);
    withConstants([gain], () => gradientsOf((given) => scale(given, gain, shift), x));
    expect(asked).toEqual([
      ['x', 'gain'],
      ['x', 'gain', 'shift'],
      ['x', 'shift'],
    ]);
  });

  it('gives the gradient of some inputs where the others are constants', () => {
    expect(gradientsOf((one) => scale(x, one, shift), gain)).toEqual([[20, 3000]]);
    expect(gradientsOf((one) => scale(one, gain), x)).toEqual([[50, 7000]]);
  });

  it('adds the gradients of an input that is given twice', () => {
    expect(gradientsOf((one) => scale(one, one, one), x)).toEqual([[41, 6100]]);
  });

  it('lets a backend replace one form of an op of this package and keep the other', async () => {
    const inputs = { x: tensor2d([[1, 2]]), weight: tensor2d([[3], [4]]), residual: tensor2d([[100]]) };
    registerOpKernels(linearResidualOp, SECOND, {
      ...linearResidualOp.composed,
      forward: ({ x, residual }) => [add(sum(x, 1, true), mul(residual, 2))],
    });
    expect([...residualCall(inputs.x, inputs.weight, inputs.residual).dataSync()]).toEqual([111]);
    await setBackend(SECOND);
    expect([...residualCall(inputs.x, inputs.weight, inputs.residual).dataSync()]).toEqual([203]);
    const found = grads(residualCall)(Object.values(inputs), tensor2d([[10]]));
    expect(valuesOf(found)).toEqual([[30, 40], [10, 20], [10]]);
  });
});

describe('the tensors of an op', () => {
  it('are only its outputs after a forward pass outside a tidy', () => {
    expect(made(() => [scale(x, gain, shift)])).toBe(0);
    const [rows, deep] = [ones([3, 2]), ones([2, 3, 2])];
    expect(made(() => [rows, deep].map((x) => layerNorm(x, gain, shift)))).toBe(0);
    expect(made(() => [rows, deep].map((x) => rmsNorm(x, gain)))).toBe(0);
    const layer = { weight: ones([2, 2]) as Tensor2D, bias: shift };
    expect(made(() => [rows, deep].map((x) => linearActivation(x, layer, 'silu')))).toBe(0);
    expect(made(() => [rows, deep].map((x) => linearResidual(x, layer, x)))).toBe(0);
    expect(made(() => [rows, deep].map((x) => normLinear(x, { gain }, layer, { activation: 'silu' })))).toBe(0);
    const layers = { norm: { gain, shift }, input: layer, output: layer };
    expect(made(() => [mlpBlock(deep as Tensor3D, layers, { activation: 'silu' })])).toBe(0);
    const packed = { ...layers, input: { weight: ones([2, 6]) as Tensor2D } };
    expect(made(() => [attentionBlock(deep as Tensor3D, packed, { headCount: 2 })])).toBe(0);
  });

  it('are only the gradients after a backward pass', () => {
    expect(made(() => grads(scale)([x, gain, shift], dy))).toBe(0);
    expect(made(() => grads((one: Tensor) => scale(x, one, shift))([gain], dy))).toBe(0);
    const rows = tensor2d([[1, 2]]);
    expect(made(() => grads((one: Tensor) => layerNorm(one, gain, shift))([rows], rows))).toBe(0);
    expect(made(() => grads((one: Tensor) => layerNorm(rows, one as Tensor1D, shift))([gain], rows))).toBe(0);
  });
});
