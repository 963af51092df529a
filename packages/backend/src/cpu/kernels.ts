import type { Heap } from '../device/heap/heap.js';
import { REF_BYTES } from '../device/heap/heap.js';
import { numbersOf } from '../device/kernel-names.js';
import { controlWords } from '../device/threads/control.js';
import type { Kernels } from '../device/threads/kernels.js';
import type { NativeBuild } from './addon.js';

/** Puts native kernels on a heap over memory that threads share. */
export function openNativeKernels({ addon, path }: NativeBuild, heap: Heap): Kernels {
  const onHeap = addon.open(heap.f32);
  return {
    shared: true,
    numbers: numbersOf(addon.kernelNames),
    ahead: performance.now() - addon.now(),
    run(place, kernel, args, blocks, scratch, spins) {
      if (blocks > 1) wakeSleepers(heap, place, blocks - 1);
      return onHeap.run(place, kernel, args, blocks, scratch, spins);
    },
    join: (place, spins) => onHeap.join(place, spins),
    forWorkers: { addon: path, buffer: heap.buffer },
  };
}

/**
 * Before the job is there, since the kernels take blocks as soon as it is: who wakes looks for it for a while. A thread
 * that falls asleep in between misses this job, not the next.
 */
function wakeSleepers({ i32 }: Heap, place: number, threads: number): void {
  const control = place * (REF_BYTES / 4);
  if (Atomics.load(i32, control + controlWords.SLEEPERS) === 0) return;
  Atomics.notify(i32, control + controlWords.JOB, threads);
}
