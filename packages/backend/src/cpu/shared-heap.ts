import { heapOver, type GrowingMemory, type Heap } from '../device/heap/heap.js';

const FIRST_BYTES = 2 ** 24;
// What one view of floats reaches.
const MOST_BYTES = 2 ** 34;
// Below, a machine has not even the addresses for a heap.
const LEAST_MOST_BYTES = 2 ** 31;

/**
 * A heap over memory that threads share, which takes from the system only what was written to: 16 GiB, or as much of
 * that as the system lets a process address.
 */
export function sharedHeap(): Heap {
  for (let most = MOST_BYTES; ; most /= 2) {
    try {
      return heapOver(memoryOf(most), FIRST_BYTES, most);
    } catch (error) {
      if (most <= LEAST_MOST_BYTES) throw error;
    }
  }
}

/** A buffer that grows where it is; Node 20, whose buffers may not grow that far, gets all addresses at once. */
function memoryOf(most: number): GrowingMemory {
  const growing = growingBuffer(most);
  if (!growing) return { buffer: new SharedArrayBuffer(most), grow: (bytes) => bytes };
  return {
    buffer: growing,
    grow(bytes) {
      growing.grow(bytes);
      return bytes;
    },
  };
}

function growingBuffer(most: number): SharedArrayBuffer | undefined {
  try {
    return new SharedArrayBuffer(FIRST_BYTES, { maxByteLength: most });
  } catch {
    return undefined;
  }
}
