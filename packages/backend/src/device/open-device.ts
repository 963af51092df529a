import { observingRunner, type ObserveJobs } from '../profile/jobs.js';
import { Device, type KernelRunner } from './device.js';
import type { Allocator } from './heap/allocator.js';
import type { HeapMemory } from './heap/heap-memory.js';
import { registerDeviceOps } from './ops/register.js';
import { registerDevice } from './tensors/register-device.js';
import { registerTfjsKernels } from './tfjs/register.js';
import type { Kernels } from './threads/kernels.js';
import { Threads } from './threads/threads.js';

/** What a device is made of. */
export interface DeviceParts {
  /** tfjs's name of it. */
  readonly name: string;
  /** What its kernels were compiled for, and a part of the build's hash. */
  readonly build: string;
  readonly kernels: Kernels;
  readonly allocator: Allocator;
  /** Whether the processor multiplies bfloat16 in one instruction. */
  readonly bf16?: boolean;
  /** Threads that compute, the calling one among them; kernels on memory that cannot be shared have that one alone. */
  readonly threads: number;
}

/** A device with its threads, registered with tfjs but not yet the one in use. */
export interface OpenDevice {
  readonly device: Device;
  readonly memory: HeapMemory;
  readonly build: string;
  readonly bf16: boolean;
  readonly threads: number;
  /**
   * Goes on with so many threads, the tensors as they are; also after a thread failed.
   *
   * @throws SheepError `bad-option` for a number that is none, `unsupported` where a worker does not start.
   */
  useThreads(threads: number): Promise<void>;
  /** Tells of every job of a kernel, until the function that is returned is called, which waits for them. */
  observeJobs(observe: ObserveJobs): () => void;
  /** Ends its threads; the device is then of no use. */
  close(): Promise<void>;
}

/** Starts the threads of a device and registers it, with all its kernels. */
export async function openDevice(parts: DeviceParts): Promise<OpenDevice> {
  const { name, build, kernels, allocator, bf16 = false, threads } = parts;
  const pool = new Threads(kernels, allocator);
  await pool.use(threads);
  const runner: KernelRunner = {
    get threads() {
      return pool.now.threads;
    },
    run: (...job) => pool.now.run(...job),
  };
  const device = new Device(registerDevice(name, allocator), runner);
  registerDeviceOps(name, device);
  registerTfjsKernels(name, device);
  return {
    device,
    memory: allocator,
    build,
    bf16,
    get threads() {
      return pool.now.threads;
    },
    useThreads: (count) => pool.use(count),
    observeJobs(observe) {
      device.settle();
      const end = device.runBy(observingRunner(() => pool.now, observe));
      return () => {
        device.settle();
        end();
      };
    },
    close: () => pool.close(),
  };
}
