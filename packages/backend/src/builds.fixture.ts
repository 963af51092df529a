import { loadNativeBuild, nativeSets, type InstructionSet } from './cpu/addon.js';
import { openNativeKernels } from './cpu/kernels.js';
import { openNativeDevice } from './cpu/open-device.js';
import { sharedHeap } from './cpu/shared-heap.js';
import { Allocator } from './device/heap/allocator.js';
import type { OpenDevice } from './device/open-device.js';
import type { Kernels } from './device/threads/kernels.js';
import { loadKernelModule, type KernelBuild } from './wasm/kernel-module.js';
import { openKernels } from './wasm/kernels.js';
import { openWasmDevice } from './wasm/open-device.js';
import { wasmHeap } from './wasm/wasm-heap.js';

/** A build of the kernels, in WebAssembly or native. */
export type Build = KernelBuild | InstructionSet;

const MOST_PAGES = 65_535;

/** The native builds that there are files of and that run here; none in a clone before `npm run build:native`. */
export const nativeBuilds: readonly InstructionSet[] = nativeSets().filter((set) => {
  try {
    return loadNativeBuild([set]).set === set;
  } catch {
    return false;
  }
});

const isNative = (build: Build): build is InstructionSet => (nativeSets() as readonly Build[]).includes(build);

/** The builds that all kernels are held to the reference in, with numbers of threads. */
export const buildsWithThreads: readonly (readonly [Build, number])[] = [
  ['relaxed-threads', 1],
  ['relaxed-threads', 3],
  ['simd-threads', 2],
  ['simd', 1],
  ...nativeBuilds.map((build, i) => [build, 1 + (i % 3)] as const),
];

/** A few of them, for what depends little on the build: of the native ones the fastest and the plainest. */
export const someBuildsWithThreads: readonly (readonly [Build, number])[] = [
  ['relaxed-threads', 3],
  ['simd', 1],
  ...[...new Set([...nativeBuilds.slice(0, 1), ...nativeBuilds.slice(-1)])].map((build) => [build, 2] as const),
];

/** Registers a device of a build under a name. */
export function openBuild(name: string, build: Build, threads: number): Promise<OpenDevice> {
  return isNative(build)
    ? openNativeDevice({ name, threads, sets: [build] })
    : openWasmDevice({ name, threads, builds: [build] });
}

/** A build's kernels, and a heap of their own. */
export async function openBuildKernels(build: Build): Promise<{ kernels: Kernels; allocator: Allocator }> {
  if (isNative(build)) {
    const heap = sharedHeap();
    return { kernels: openNativeKernels(loadNativeBuild([build]), heap), allocator: new Allocator(heap) };
  }
  const kernelModule = await loadKernelModule([build]);
  const memory = new WebAssembly.Memory({ initial: 16, maximum: MOST_PAGES, shared: kernelModule.shared });
  const kernels = await openKernels(kernelModule, memory);
  return { kernels, allocator: new Allocator(wasmHeap(memory, MOST_PAGES), kernels.base) };
}
