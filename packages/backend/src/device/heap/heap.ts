/** Bytes of a unit of a place: a `ref` of 32 bits reaches 64 GiB. */
export const REF_BYTES = 16;

/**
 * The memory that tensors and kernels live in. A place in it is a `ref`: its offset in bytes / 16.
 * It grows only through `grow`.
 */
export interface Heap {
  /** Bytes there are now. */
  readonly bytes: number;
  /** Bytes it may grow to. */
  readonly limit: number;
  /** Whether growing takes the memory away from views that were made before (plain, not shared memory). */
  readonly growthDetaches: boolean;
  /** What the views are over. It may have more bytes than there are now. */
  readonly buffer: ArrayBufferLike;
  /** Views over the whole memory, made anew when it grew: take them at the time of use. */
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  /**
   * Makes it at least `bytes` large, contents kept.
   *
   * @returns whether that could be done; nothing changed where it could not.
   */
  grow(bytes: number): boolean;
}

/** Memory that grows in place, or into another buffer. */
export interface GrowingMemory {
  readonly buffer: ArrayBufferLike;
  /**
   * Makes it at least `bytes` large.
   *
   * @returns the bytes there are then.
   * @throws where it cannot.
   */
  grow(bytes: number): number;
}

class MemoryHeap implements Heap {
  f32: Float32Array = new Float32Array();
  i32: Int32Array = new Int32Array();
  f64: Float64Array = new Float64Array();
  readonly growthDetaches: boolean;

  constructor(
    private readonly memory: GrowingMemory,
    public bytes: number,
    readonly limit: number,
  ) {
    this.growthDetaches = memory.buffer instanceof ArrayBuffer;
    this.refresh();
  }

  get buffer(): ArrayBufferLike {
    return this.memory.buffer;
  }

  grow(bytes: number): boolean {
    if (bytes <= this.bytes) return true;
    if (bytes > this.limit) return false;
    try {
      this.bytes = this.memory.grow(bytes);
    } catch {
      return false;
    }
    this.refresh();
    return true;
  }

  // With lengths: without one, a view over a buffer that can grow asks the buffer for its length at every access.
  private refresh(): void {
    const { buffer, bytes } = this;
    this.f32 = new Float32Array(buffer, 0, bytes / 4);
    this.i32 = new Int32Array(buffer, 0, bytes / 4);
    this.f64 = new Float64Array(buffer, 0, bytes / 8);
  }
}

/**
 * A heap over a memory, shared or plain.
 *
 * @param bytes there are now.
 * @param limit bytes it may grow to.
 */
export function heapOver(memory: GrowingMemory, bytes: number, limit: number): Heap {
  return new MemoryHeap(memory, bytes, limit);
}
