import type { BackendOptions, OpenedBackend } from '../opened-backend.js';
import { measurePeak } from './kernels/peak.js';
import type { OpenDevice } from './open-device.js';
import { availableThreads } from './threads/host.js';

/**
 * The process's one device of a name: its heap holds tensors, so it is opened once. Where it is open, only the number of
 * its threads and the precision change.
 */
export function processDevice(
  name: string,
  open: (options: { name: string; threads: number }) => Promise<OpenDevice>,
): (options: BackendOptions) => Promise<OpenedBackend> {
  let opening: Promise<OpenDevice> | undefined;
  const openOnce = async (threads: number): Promise<OpenDevice> => {
    opening ??= open({ name, threads });
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };
  return async ({ threads = availableThreads(), precision = 'f32' }) => {
    const device = await openOnce(threads);
    await device.useThreads(threads);
    device.device.precision = device.bf16 && precision !== 'f32' ? 'bf16' : 'f32';
    return {
      tfjsName: name,
      build: `${name} ${device.build}`,
      threads: device.threads,
      precision: device.device.precision,
      memory: device.memory,
      settle: () => device.device.settle(),
      observeJobs: (observe) => device.observeJobs(observe),
      measurePeak: (seconds) => measurePeak(device.device, device.threads, seconds),
    };
  };
}
