import { Allocator } from '../device/allocator.js';
import { Device } from '../device/device.js';
import { wasmHeap } from '../device/heap.js';
import { registerDevice } from '../device/kernel-backend-register.js';
import { registerDeviceOps } from '../device/ops/register.js';
import { poolBytes } from '../device/control.js';
import { startPool } from '../device/pool.js';
import { kernelBuilds, loadKernelModule, type KernelBuild } from './kernel-module.js';
import { openKernels } from './kernels.js';

const PAGE_BYTES = 65_536;
const FIRST_PAGES = 256;
// 4 GiB less a page: what the modules are linked for.
const MOST_PAGES = 65_535;

/** How a device on WebAssembly is opened. */
export interface WasmDeviceOptions {
  /** tfjs's name of it. */
  readonly name: string;
  readonly threads: number;
  /** The builds to choose from, the preferred first; all unless given. */
  readonly builds?: readonly KernelBuild[];
}

/** A device whose heap is a WebAssembly memory, registered with tfjs but not yet the one in use. */
export async function openWasmDevice({ name, threads, builds = kernelBuilds }: WasmDeviceOptions): Promise<{
  readonly device: Device;
  readonly build: KernelBuild;
  /** Ends its threads; the device is then of no use. */
  close(): Promise<void>;
}> {
  const kernelModule = await loadKernelModule(builds);
  const { shared, build } = kernelModule;
  const memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES, shared });
  const kernels = await openKernels(kernelModule, memory);
  const heap = wasmHeap(memory, MOST_PAGES * PAGE_BYTES);
  const allocator = new Allocator(heap, kernels.base);
  const place = allocator.allocate(poolBytes(shared ? threads : 1)).ref;
  const pool = await startPool({ kernels, heap, place, threads });
  const device = new Device(registerDevice(name, allocator), pool);
  registerDeviceOps(name, device);
  return { device, build, close: () => pool.close() };
}
