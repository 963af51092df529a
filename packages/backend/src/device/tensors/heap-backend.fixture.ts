import { Allocator } from '../heap/allocator.js';
import type { Block } from '../heap/allocator-blocks.js';
import { REF_BYTES } from '../heap/heap.js';
import { wasmHeap } from '../../wasm/wasm-heap.js';
import type { HeapBackend } from './heap-backend.js';
import { registerDevice } from './register-device.js';

/** Spoils what is given back, so that a kernel that still reads there computes something else. */
class SpoilingAllocator extends Allocator {
  override release(block: Block): void {
    super.release(block);
    const start = block.ref * REF_BYTES;
    new Uint8Array(this.heap.buffer, start, block.bytes).fill(0xff);
  }
}

/** Has no room for what stock kernels return while growing would take their views away. */
class FullAllocator extends SpoilingAllocator {
  private mayGrow = false;

  override allocate(bytes: number): Block {
    this.mayGrow = true;
    try {
      return super.allocate(bytes);
    } finally {
      this.mayGrow = false;
    }
  }

  override find(bytes: number): Block | undefined {
    return this.mayGrow ? super.find(bytes) : undefined;
  }
}

/** The memories that a device may have: shared, plain, and plain with no room in it while a stock kernel runs. */
export const memories = {
  'heap-shared': { shared: true, allocator: SpoilingAllocator },
  'heap-plain': { shared: false, allocator: SpoilingAllocator },
  'heap-plain-full': { shared: false, allocator: FullAllocator },
};

/** The names of {@link memories}. */
export const deviceNames = Object.keys(memories) as (keyof typeof memories)[];

/** Registers a device over one of {@link memories}, under its name. */
export function openDevice(name: keyof typeof memories): HeapBackend {
  const { shared, allocator } = memories[name];
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4096, shared });
  return registerDevice(name, new allocator(wasmHeap(memory, 4096)));
}
