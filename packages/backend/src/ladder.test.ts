import { ladderCases, ladderDeviations } from '@sheep/ops/contract';
import { setBackend } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from './use-backend.js';
import type { OpenDevice } from './device/open-device.js';
import { buildsWithThreads, openBuild } from './builds.fixture.js';

// Both are float32, and products of large values cancel.
const BOUND = 2e-5;

// By the case's name: every build is compared with the same.
const references = new Map<string, Map<string, Float32Array>>();

describe.each(buildsWithThreads)('the kernels of the build %s with %i threads', (build, threads) => {
  const name = `ladder-${build}-${threads}`;
  let opened: OpenDevice;
  beforeAll(async () => {
    await useBackend('js');
    opened = await openBuild(name, build, threads);
  });
  afterAll(() => opened.close());

  it.each(ladderCases())('agree with the composed form: $name', async ({ name: caseName, run }) => {
    await setBackend('cpu');
    const reference = references.get(caseName) ?? (await run());
    references.set(caseName, reference);
    await setBackend(name);
    const results = await run();
    const deviations = ladderDeviations(results, reference);
    expect(deviations.length).toBe(results.size);
    expect(deviations.filter(([, deviation]) => !(deviation < BOUND))).toEqual([]);
  });
});
