import { heapOver, type Heap } from '../device/heap/heap.js';

const PAGE_BYTES = 65_536;

/**
 * A heap over a WebAssembly memory, shared or plain.
 *
 * @param pages of 64 KiB it may grow to: the `maximum` that the memory was made with, or less.
 */
export function wasmHeap(memory: WebAssembly.Memory, pages: number): Heap {
  const growing = {
    get buffer() {
      return memory.buffer;
    },
    grow(bytes: number) {
      memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES));
      return memory.buffer.byteLength;
    },
  };
  return heapOver(growing, memory.buffer.byteLength, pages * PAGE_BYTES);
}
