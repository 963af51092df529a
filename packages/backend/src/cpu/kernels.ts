import type { Heap } from '../device/heap/heap.js';
import { numbersOf } from '../device/kernel-names.js';
import type { Kernels } from '../device/threads/kernels.js';
import type { NativeBuild } from './addon.js';

/** Puts native kernels on a heap over memory that threads share. */
export function openNativeKernels({ addon, path }: NativeBuild, heap: Heap): Kernels {
  const { post, join } = addon.open(heap.f32);
  return {
    shared: true,
    numbers: numbersOf(addon.kernelNames),
    ahead: performance.now() - addon.now(),
    post,
    join,
    forWorkers: { addon: path, buffer: heap.buffer },
  };
}
