import { readFileSync } from 'node:fs';
import { readSafetensors } from '@sheep/core';
import { mul, setBackend, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { activationOp } from '../activation.js';
import { globalNormOp, globalNorm } from '../global-norm.js';
import { registerListKernel } from '../kernel.js';
import { registerOpKernels } from '../op.js';
import { openBackends, SECOND } from '../second-backend.fixture.js';
import { opChecks } from './checks.js';
import { compare } from './compare.js';

const fixture = new URL('../../../../fixtures/ops/ops.safetensors', import.meta.url);
const checks = opChecks(readSafetensors(readFileSync(fixture)));

async function deviationsOf(name: string): Promise<Record<string, number>> {
  const found = await checks.find((check) => check.name === name)!.run();
  return Object.fromEntries(found.map(({ what, deviation }) => [what, deviation]));
}

const deviation = async (what: string, values: number[], expected: number[]): Promise<number> =>
  (await compare(what, tensor1d(values), Float64Array.from(expected))).deviation;

const close = expect.closeTo(0, 5) as number;

beforeAll(openBackends);

describe('the contract', () => {
  it('sees a kernel whose values or gradients are wrong by a thousandth', async () => {
    expect(await deviationsOf('silu/small')).toEqual({ 'out/y': close, 'grad/x': close });
    const { composed } = activationOp;
    registerOpKernels(activationOp, SECOND, {
      ...composed,
      gradient: (...given) => composed.gradient(...given).map((dx) => mul(dx as never, 1.001)),
    });
    await setBackend(SECOND);
    expect(await deviationsOf('silu/small')).toEqual({ 'out/y': close, 'grad/x': expect.closeTo(1e-3, 5) as number });
    registerOpKernels(activationOp, SECOND, {
      ...composed,
      forward: (...given) => composed.forward(...given).map((y) => mul(y as never, Number.NaN)),
    });
    expect(await deviationsOf('silu/small')).toEqual({ 'out/y': Infinity, 'grad/x': close });
    await setBackend('cpu');
  });

  it('sees a wrong norm', async () => {
    expect(await deviationsOf('globalNorm/tree')).toEqual({ 'out/norm': close });
    registerListKernel(globalNormOp, SECOND, (inputs) =>
      globalNormOp.composed(inputs, {}).map((norm) => mul(norm as never, 1.01)),
    );
    await setBackend(SECOND);
    expect(globalNorm([tensor1d([100])]).dataSync()[0]).toBeCloseTo(101, 3);
    expect(await deviationsOf('globalNorm/tree')).toEqual({ 'out/norm': expect.closeTo(0.01, 5) as number });
    await setBackend('cpu');
  });
});

describe('compare', () => {
  it('is the largest difference relative to the largest value, and for gradients that of the L2 norms', async () => {
    expect(await deviation('out/y', [1, -4.5, 2], [1, -4, 2.25])).toBe(0.125);
    expect(await deviation('grad/x', [3, 8], [0, 4])).toBe(5 / 4);
  });

  it('is infinite where a value is missing or not a number', async () => {
    expect(await deviation('out/y', [1, 2], [1, 2, 3])).toBe(Infinity);
    expect(await deviation('out/y', [1, 2, 3], [1, 2])).toBe(Infinity);
    expect(await deviation('grad/x', [1, Number.NaN], [1, 2])).toBe(Infinity);
  });
});
