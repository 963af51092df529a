import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openJs } from '../../js/open.js';
import { registerTfjsGradients } from '../../tfjs-gradients.js';
import { openBuild, someBuildsWithThreads } from '../../builds.fixture.js';
import type { OpenDevice } from '../open-device.js';
import type { KernelName } from '../kernel-names.js';

/** A computation, and the kernels of ours that have to run in it, in any order; none where tfjs's own are to. */
export interface Case {
  readonly kernels: readonly KernelName[];
  readonly compute: () => tf.TensorContainer;
}

/** Floats between -2 and 2 that are the same wherever they are made. */
export function floats(shape: readonly number[], seed = 1): tf.Tensor {
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => {
    return (((i + seed) * 7919) % 4001) / 1000 - 2;
  });
  return tf.tensor(values, [...shape]);
}

/** Whole numbers from 0 to `end` - 1. */
export function wholes(shape: readonly number[], end = 5, seed = 1): tf.Tensor {
  const values = Int32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => ((i + seed) * 7919) % end);
  return tf.tensor(values, [...shape], 'int32');
}

/** Values at the ends of float32, and none. */
export const EXTREMES = [NaN, Infinity, -Infinity, -0, 0, 1e-45, -1e-39, 3.4e38, -3.4e38, 2.5, -3.5, 0.5, 1, -1];

const flat = (container: tf.TensorContainer): tf.Tensor[] =>
  container instanceof tf.Tensor ? [container] : Object.values(container as tf.TensorContainerObject).flatMap(flat);

async function resultsOn(name: string, compute: () => tf.TensorContainer) {
  await tf.setBackend(name);
  const tensors = tf.tidy(() => flat(compute()));
  const results = tensors.map((tensor) => ({ shape: tensor.shape, dtype: tensor.dtype, values: tensor.dataSync() }));
  tf.dispose(tensors);
  return results;
}

/** The places whose values differ by more than `tolerance` of the larger of 1 and the value. */
export function differences(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): string[] {
  const told: string[] = [];
  for (let i = 0; i < expected.length; i += 1) {
    const bound = tolerance * Math.max(1, Math.abs(expected[i]));
    const same =
      Object.is(found[i], expected[i]) ||
      (Math.abs(found[i] - expected[i]) <= bound && (found[i] !== 0 || expected[i] !== 0));
    if (!same) told.push(`[${i}] ${found[i]}, not ${expected[i]}`);
  }
  return told;
}

/**
 * Holds our kernels to tfjs-backend-cpu's on the same inputs: shape, type and values, in some builds, with one
 * thread and several, and that they leave nothing behind.
 */
export function describeKernels(family: string, cases: Readonly<Record<string, Case>>, tolerance = 1e-6): void {
  describe.each(someBuildsWithThreads)(`${family}, build %s with %i threads`, (build, threads) => {
    const name = `tfjs-${build}`;
    let opened: OpenDevice;
    beforeAll(async () => {
      await registerTfjsGradients();
      await openJs();
      opened = await openBuild(name, build, threads);
    });
    afterAll(() => opened.close());

    it.each(Object.entries(cases))('%s', async (_, { kernels, compute }) => {
      const expected = await resultsOn('cpu', compute);
      const { device } = opened;
      const run = vi.spyOn(device, 'run');
      const before = device.backend.allocator.bytesInUse;
      const found = await resultsOn(name, compute);
      const ran = new Set(run.mock.calls.map(([kernel]) => kernel));
      run.mockRestore();
      expect(device.backend.allocator.bytesInUse).toBe(before);
      expect([...ran].sort()).toEqual([...kernels].sort());
      expect(found.length).toBeGreaterThan(0);
      expect(found.map(({ shape, dtype }) => [shape, dtype])).toEqual(
        expected.map(({ shape, dtype }) => [shape, dtype]),
      );
      found.forEach(({ values }, i) => {
        expect(values).toBeInstanceOf(
          { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[found[i].dtype as 'bool'],
        );
        expect(values.length).toBe(expected[i].values.length);
        const told = differences(values as Float32Array, expected[i].values as Float32Array, tolerance);
        expect(told.slice(0, 5)).toEqual([]);
      });
    });
  });
}
