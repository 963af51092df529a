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
