/** Bytes of a unit of a place: a `ref` of 32 bits reaches 64 GiB. */
export const REF_BYTES = 16;

/** Views over the whole of a heap, made anew when it grew: take them at the time of use. */
export interface HeapViews {
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
}

/** Values as kernels have them, in 32 bits each. */
export type Words = Float32Array | Int32Array;

/** What runs kernels on a heap while JavaScript goes on. */
export interface KernelsUnderWay {
  /** Waits until all are done. */
  settle(): void;
  /** Puts values at a place, behind the kernels before. */
  write(place: number, values: Words): void;
}

/**
 * The memory that tensors and kernels live in. A place in it is a `ref`: its offset in bytes / 16.
 * It grows only through `grow`.
 *
 * Kernels run while JavaScript goes on. Whoever takes `buffer` or a view waits until all that were posted are done.
 */
export interface Heap extends HeapViews {
  /** Bytes there are now. */
  readonly bytes: number;
  /** Bytes it may grow to. */
  readonly limit: number;
  /** Whether growing takes the memory away from views that were made before (plain, not shared memory). */
  readonly growthDetaches: boolean;
  /** What the views are over. It may have more bytes than there are now. */
  readonly buffer: ArrayBufferLike;
  /** The views without the wait: for who runs the kernels. */
  readonly views: HeapViews;
  /** Given by who runs kernels; without, none run. */
  kernels?: KernelsUnderWay;
  /** Waits until all kernels are done. */
  settle(): void;
  /** Puts values at a place as if the kernels before were done, without the wait. */
  write(place: number, values: Words): void;
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
  views: HeapViews;
  kernels?: KernelsUnderWay;
  readonly growthDetaches: boolean;

  constructor(
    private readonly memory: GrowingMemory,
    public bytes: number,
    readonly limit: number,
  ) {
    this.growthDetaches = memory.buffer instanceof ArrayBuffer;
    this.views = this.viewsNow();
  }

  get buffer(): ArrayBufferLike {
    this.settle();
    return this.memory.buffer;
  }

  get f32(): Float32Array {
    this.settle();
    return this.views.f32;
  }

  get i32(): Int32Array {
    this.settle();
    return this.views.i32;
  }

  get f64(): Float64Array {
    this.settle();
    return this.views.f64;
  }

  settle(): void {
    this.kernels?.settle();
  }

  write(place: number, values: Words): void {
    if (this.kernels) this.kernels.write(place, values);
    else put(this.views, place, values);
  }

  grow(bytes: number): boolean {
    if (bytes <= this.bytes) return true;
    if (bytes > this.limit) return false;
    try {
      this.bytes = this.memory.grow(bytes);
    } catch {
      return false;
    }
    this.views = this.viewsNow();
    return true;
  }

  // With lengths: without one, a view over a buffer that can grow asks the buffer for its length at every access.
  private viewsNow(): HeapViews {
    const {
      bytes,
      memory: { buffer },
    } = this;
    return {
      f32: new Float32Array(buffer, 0, bytes / 4),
      i32: new Int32Array(buffer, 0, bytes / 4),
      f64: new Float64Array(buffer, 0, bytes / 8),
    };
  }
}

/** Puts values at a place at once. */
export function put({ f32, i32 }: HeapViews, place: number, values: Words): void {
  const view = values instanceof Float32Array ? f32 : i32;
  view.set(values, place * (REF_BYTES / 4));
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
