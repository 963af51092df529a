import { readFileSync } from 'node:fs';
import { readSafetensors } from '@sheep/core';
import { opChecks } from '@sheep/ops/contract';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerTfjsGradients } from './tfjs-gradients.js';
import { buildsWithThreads, openBuild } from './builds.fixture.js';
import type { OpenDevice } from './device/open-device.js';

const reference = readSafetensors(readFileSync(new URL('../../../fixtures/ops/ops.safetensors', import.meta.url)));

// The reference is computed in double precision; these are float32.
const BOUND = 2e-5;

describe.each(buildsWithThreads)('the build %s with %i threads', (build, threads) => {
  const name = `${build}-${threads}`;
  let opened: OpenDevice;
  beforeAll(async () => {
    await registerTfjsGradients();
    opened = await openBuild(name, build, threads);
    await tf.setBackend(name);
  });
  afterAll(() => opened.close());

  it.each(opChecks(reference))('$name agrees with PyTorch in double precision', async ({ run }) => {
    const [tensors, bytes] = [tf.memory().numTensors, opened.device.backend.allocator.bytesInUse];
    const deviations = await run();
    expect(deviations.length).toBeGreaterThan(0);
    expect(deviations.filter(({ deviation }) => !(deviation < BOUND))).toEqual([]);
    expect([tf.memory().numTensors, opened.device.backend.allocator.bytesInUse]).toEqual([tensors, bytes]);
  });
});
