import { Allocator } from '../device/heap/allocator.js';
import { Device } from '../device/device.js';
import { wasmHeap } from '../device/heap/heap.js';
import { registerDevice } from '../device/tensors/register-device.js';
import { registerDeviceOps } from '../device/ops/register.js';
import { registerTfjsKernels } from '../device/tfjs/register.js';
import { observingRunner, type KernelJob } from '../profile/jobs.js';
import { Threads } from '../device/threads/threads.js';
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
  /** Threads that compute, the calling one among them; a build for plain memory has that one alone. */
  readonly threads: number;
  /** The builds to choose from, the preferred first; all unless given. */
  readonly builds?: readonly KernelBuild[];
}

/** A device whose heap is a WebAssembly memory, registered with tfjs but not yet the one in use. */
export interface WasmDevice {
  readonly device: Device;
  readonly build: KernelBuild;
  /** Tells builds of the kernels from one another: part of a hash of their sources. */
  readonly fingerprint: string;
  readonly threads: number;
  /**
   * Goes on with so many threads, the tensors as they are; also after a thread failed.
   *
   * @throws SheepError `bad-option` for a number that is none, `unsupported` where a worker does not start.
   */
  useThreads(threads: number): Promise<void>;
  /** Tells of every job of a kernel, until the function that is returned is called. */
  observeJobs(observe: (job: KernelJob) => void): () => void;
  /** Ends its threads; the device is then of no use. */
  close(): Promise<void>;
}

/** Opens a device; each has a heap of its own. */
export async function openWasmDevice({ name, threads, builds = kernelBuilds }: WasmDeviceOptions): Promise<WasmDevice> {
  const kernelModule = await loadKernelModule(builds);
  const { shared, build, fingerprint } = kernelModule;
  const memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES, shared });
  const kernels = await openKernels(kernelModule, memory);
  const allocator = new Allocator(wasmHeap(memory, MOST_PAGES * PAGE_BYTES), kernels.base);
  const pool = new Threads(kernels, allocator);
  await pool.use(threads);
  const device = new Device(registerDevice(name, allocator), { run: (...job) => pool.now.run(...job) });
  registerDeviceOps(name, device);
  registerTfjsKernels(name, device);
  return {
    device,
    build,
    fingerprint,
    get threads() {
      return pool.now.threads;
    },
    useThreads: (count) => pool.use(count),
    observeJobs: (observe) => device.runBy(observingRunner(() => pool.now, observe)),
    close: () => pool.close(),
  };
}
