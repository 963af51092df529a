import { measurePeak } from '../device/kernels/peak.js';
import { availableThreads } from '../device/threads/host.js';
import type { BackendOptions, OpenedBackend } from '../opened-backend.js';
import { openWasmDevice, type WasmDevice } from './open-device.js';

const NAME = 'sheep-wasm';

let opening: Promise<WasmDevice> | undefined;

/** The process's one device of that name: its heap holds tensors, so it is opened once. */
async function openOnce(threads: number): Promise<WasmDevice> {
  opening ??= openWasmDevice({ name: NAME, threads });
  try {
    return await opening;
  } catch (error) {
    opening = undefined;
    throw error;
  }
}

/** Opens our own device on WebAssembly; where it is open, only the number of its threads changes. */
export async function openWasm({ threads = availableThreads() }: BackendOptions): Promise<OpenedBackend> {
  const device = await openOnce(threads);
  await device.useThreads(threads);
  return {
    tfjsName: NAME,
    build: `${NAME} ${device.build} ${device.fingerprint}`,
    threads: device.threads,
    observeJobs: (observe) => device.observeJobs(observe),
    measurePeak: (seconds) => measurePeak(device.device, device.threads, seconds),
  };
}
