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
  /** Views over the whole memory, made anew when it grew: take them at the time of use. */
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly u8: Uint8Array;
  /**
   * Makes it at least `bytes` large, contents kept.
   *
   * @returns whether that could be done; nothing changed where it could not.
   */
  grow(bytes: number): boolean;
}

const PAGE_BYTES = 65_536;

class WasmHeap implements Heap {
  bytes = 0;
  f32 = new Float32Array();
  i32 = new Int32Array();
  f64 = new Float64Array();
  u8 = new Uint8Array();
  readonly growthDetaches: boolean;

  constructor(
    private readonly memory: WebAssembly.Memory,
    readonly limit: number,
  ) {
    this.growthDetaches = memory.buffer instanceof ArrayBuffer;
    this.refresh();
  }

  grow(bytes: number): boolean {
    const pages = Math.ceil((bytes - this.bytes) / PAGE_BYTES);
    if (pages <= 0) return true;
    if (bytes > this.limit) return false;
    try {
      this.memory.grow(pages);
    } catch {
      return false;
    }
    this.refresh();
    return true;
  }

  private refresh(): void {
    const { buffer } = this.memory;
    this.bytes = buffer.byteLength;
    this.f32 = new Float32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.u8 = new Uint8Array(buffer);
  }
}

/**
 * A heap over a WebAssembly memory, shared or plain.
 *
 * @param limit bytes it may grow to: the `maximum` that the memory was made with, in pages of 64 KiB, or less.
 */
export function wasmHeap(memory: WebAssembly.Memory, limit: number): Heap {
  return new WasmHeap(memory, limit);
}
