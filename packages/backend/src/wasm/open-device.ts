import { Allocator } from '../device/heap/allocator.js';
import { openDevice, type OpenDevice } from '../device/open-device.js';
import { kernelBuilds, loadKernelModule, type KernelBuild } from './kernel-module.js';
import { openKernels } from './kernels.js';
import { wasmHeap } from './wasm-heap.js';

const FIRST_PAGES = 256;
// 4 GiB less a page: what the modules are linked for.
const MOST_PAGES = 65_535;

/** How a device on WebAssembly is opened. */
export interface WasmDeviceOptions {
  /** tfjs's name of it. */
  readonly name: string;
  /** Threads that compute, the calling one among them; a build for plain memory has that one alone. */
  readonly threads: number;
  /** The builds to choose from, the preferred first; all unless given. */
  readonly builds?: readonly KernelBuild[];
}

/** Opens a device whose heap is a WebAssembly memory; each has a heap of its own. */
export async function openWasmDevice(options: WasmDeviceOptions): Promise<OpenDevice> {
  const { name, threads, builds = kernelBuilds } = options;
  const kernelModule = await loadKernelModule(builds);
  const { shared, build, fingerprint } = kernelModule;
  const memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES, shared });
  const kernels = await openKernels(kernelModule, memory);
  const allocator = new Allocator(wasmHeap(memory, MOST_PAGES), kernels.base);
  return openDevice({ name, build: `${build} ${fingerprint}`, kernels, allocator, threads });
}
