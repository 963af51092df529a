import { describe, expect, it } from 'vitest';
import { wasmHeap } from '../../wasm/wasm-heap.js';

const PAGE = 65_536;

describe.each([true, false])('a heap over a WebAssembly memory, shared: %s', (shared) => {
  const make = () => wasmHeap(new WebAssembly.Memory({ initial: 1, maximum: 4, shared }), 4);

  it('shows the same bytes as floats, integers and bytes', () => {
    const heap = make();
    heap.f32[3] = 1;
    expect([heap.i32[3], new Uint8Array(heap.buffer)[15], heap.bytes, heap.limit]).toEqual([
      0x3f800000,
      0x3f,
      PAGE,
      4 * PAGE,
    ]);
    expect(heap.growthDetaches).toBe(!shared);
  });

  it('keeps its contents when it grows, and has views of all of it', () => {
    const heap = make();
    heap.i32[PAGE / 4 - 1] = 77;
    expect(heap.grow(PAGE + 1)).toBe(true);
    expect([heap.i32[PAGE / 4 - 1], heap.bytes]).toEqual([77, 2 * PAGE]);
    expect([heap.f32.length * 4, heap.i32.length * 4, heap.f64.length * 8]).toEqual([2 * PAGE, 2 * PAGE, 2 * PAGE]);
    expect(heap.grow(5)).toBe(true);
    expect(heap.bytes).toBe(2 * PAGE);
  });

  it('says that it cannot grow beyond its limit, and stays as it is', () => {
    const heap = make();
    expect(heap.grow(4 * PAGE + 1)).toBe(false);
    expect([heap.bytes, heap.buffer.byteLength]).toEqual([PAGE, PAGE]);
    expect(heap.grow(4 * PAGE)).toBe(true);
  });

  it('says that it cannot grow where the memory itself may not', () => {
    const heap = wasmHeap(new WebAssembly.Memory({ initial: 1, maximum: 2, shared }), 4);
    expect(heap.grow(3 * PAGE)).toBe(false);
    expect(heap.bytes).toBe(PAGE);
  });
});
