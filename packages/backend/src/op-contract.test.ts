import { readFileSync } from 'node:fs';
import { readSafetensors } from '@sheep/core';
import { opChecks } from '@sheep/ops/contract';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from './index.js';
import { backendsHere } from '../../../test/backends-here.js';

const reference = readSafetensors(readFileSync(new URL('../../../fixtures/ops/ops.safetensors', import.meta.url)));

// The reference is computed in double precision; these are float32.
const BOUND = 2e-5;

// Factors of 8 bits, of which the largest error of many sums shows.
const BF16_BOUND = 2e-2;

// Without the instructions nothing is rounded: see use-backend.test.ts.
const { precision } = await useBackend(backendsHere[0], { precision: 'auto' });

describe.runIf(precision === 'bf16')('the ops on cpu with bf16', () => {
  beforeAll(async () => {
    await useBackend('cpu', { precision: 'bf16' });
  });

  // A single output may cancel to any size.
  const checks = opChecks(reference).filter(({ name }) => !name.endsWith('/ones'));

  it.each(checks)('$name is near to PyTorch in double precision', async ({ run }) => {
    const deviations = await run();
    expect(deviations.length).toBeGreaterThan(0);
    expect(deviations.filter(({ deviation }) => !(deviation < BF16_BOUND))).toEqual([]);
  });

  it('round the factors', async () => {
    const [linear] = opChecks(reference).filter(({ name }) => name.startsWith('linear/'));
    expect((await linear.run()).some(({ deviation }) => deviation > BOUND)).toBe(true);
  });
});

describe.each(backendsHere)('the ops on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it.each(opChecks(reference))('$name agrees with PyTorch in double precision', async ({ run }) => {
    const before = memory().numTensors;
    const deviations = await run();
    expect(deviations.length).toBeGreaterThan(0);
    expect(deviations.filter(({ deviation }) => !(deviation < BOUND))).toEqual([]);
    expect(memory().numTensors).toBe(before);
  });
});
