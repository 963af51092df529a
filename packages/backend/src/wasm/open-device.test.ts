import { readFileSync } from 'node:fs';
import { readSafetensors } from '@sheep/core';
import { opChecks } from '@sheep/ops/contract';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerTfjsGradients } from '../tfjs-gradients.js';
import type { KernelBuild } from './kernel-module.js';
import { openWasmDevice } from './open-device.js';

const reference = readSafetensors(readFileSync(new URL('../../../../fixtures/ops/ops.safetensors', import.meta.url)));

// The reference is computed in double precision; these are float32.
const BOUND = 2e-5;

const devices: [KernelBuild, number][] = [
  ['relaxed-threads', 1],
  ['relaxed-threads', 3],
  ['simd-threads', 2],
  ['simd', 1],
];

describe.each(devices)('the build %s with %i threads', (build, threads) => {
  const name = `${build}-${threads}`;
  let opened: Awaited<ReturnType<typeof openWasmDevice>>;
  beforeAll(async () => {
    await registerTfjsGradients();
    opened = await openWasmDevice({ name, threads, builds: [build] });
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
