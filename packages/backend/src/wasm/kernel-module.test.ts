import { expect, it } from 'vitest';
import { kernelBuilds, loadKernelModule } from './kernel-module.js';
import { openKernels } from './kernels.js';
import { kernelNames } from '../device/kernel-names.js';

it('takes the fastest build: every Node that is supported has relaxed SIMD and threads', async () => {
  const { build, shared } = await loadKernelModule();
  expect({ build, shared }).toEqual({ build: 'relaxed-threads', shared: true });
});

it.each(kernelBuilds)('the build %s has every kernel, and keeps to the first megabyte of the memory', async (build) => {
  const kernelModule = await loadKernelModule([build]);
  expect(kernelModule.build).toBe(build);
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: kernelModule.shared });
  const { numbers, base } = await openKernels(kernelModule, memory);
  expect(new Set(kernelNames.map((name) => numbers[name])).size).toBe(kernelNames.length);
  expect(base).toBeGreaterThan(65_536);
  expect(base).toBeLessThan(2 ** 20);
});

it('says so where no build works', async () => {
  await expect(loadKernelModule([])).rejects.toThrow('expected a host that runs one of ');
});
