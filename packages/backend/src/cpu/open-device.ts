import { Allocator } from '../device/heap/allocator.js';
import { openDevice, type OpenDevice } from '../device/open-device.js';
import { loadNativeBuild, type InstructionSet } from './addon.js';
import { openNativeKernels } from './kernels.js';
import { sharedHeap } from './shared-heap.js';

/** How a device on native kernels is opened. */
export interface NativeDeviceOptions {
  /** tfjs's name of it. */
  readonly name: string;
  /** Threads that compute, the calling one among them. */
  readonly threads: number;
  /** The sets of instructions to choose from, the preferred first; all that the machine may have unless given. */
  readonly sets?: readonly InstructionSet[];
}

/**
 * Opens a device with native kernels; each has a heap of its own.
 *
 * @throws SheepError as `loadNativeBuild` does.
 */
export async function openNativeDevice({ name, threads, sets }: NativeDeviceOptions): Promise<OpenDevice> {
  const native = loadNativeBuild(sets);
  const heap = sharedHeap();
  const kernels = openNativeKernels(native, heap);
  const build = `${native.set} ${native.fingerprint}`;
  const bf16 = native.set.endsWith('bf16');
  return openDevice({ name, build, kernels, allocator: new Allocator(heap), bf16, threads });
}
