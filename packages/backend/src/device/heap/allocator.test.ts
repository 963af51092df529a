import { SheepError } from '@sheep/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Allocator } from './allocator.js';
import type { Block } from './allocator-blocks.js';
import { REF_BYTES } from './heap.js';
import { wasmHeap } from '../../wasm/wasm-heap.js';

const PAGE = 65_536;
const BASE = 1_000;

const make = (pages: number, initial = 1) =>
  new Allocator(wasmHeap(new WebAssembly.Memory({ initial, maximum: pages }), pages), BASE);

const startOf = (block: Block): number => block.ref * REF_BYTES;

/** What a test knows of a block: the bytes asked for are all `mark`. */
interface Held {
  readonly block: Block;
  readonly bytes: number;
  readonly mark: number;
}

const contentsOf = ({ heap }: Allocator, block: Block, bytes: number): Uint8Array =>
  new Uint8Array(heap.buffer, startOf(block), bytes);

function expectSound(allocator: Allocator, held: readonly Held[]): void {
  const sorted = [...held].sort((a, b) => a.block.ref - b.block.ref);
  let end = BASE;
  for (const { block, bytes, mark } of sorted) {
    expect(startOf(block)).toBeGreaterThanOrEqual(end);
    expect(startOf(block) % 64).toBe(0);
    expect(block.bytes).toBeGreaterThanOrEqual(bytes);
    expect(contentsOf(allocator, block, bytes).every((byte) => byte === mark)).toBe(true);
    end = startOf(block) + block.bytes;
  }
  expect(end).toBeLessThanOrEqual(allocator.heapBytes);
  expect(allocator.bytesInUse).toBe(held.reduce((sum, { block }) => sum + block.bytes, 0));
}

const operations = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ take: fc.oneof(fc.nat(3_000), fc.nat(200_000)) }) },
    { weight: 3, arbitrary: fc.record({ release: fc.nat() }) },
  ),
  { maxLength: 80 },
);

describe('Allocator', () => {
  it('hands out aligned parts that do not overlap and keep what is in them, and joins all that came back', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const allocator = make(400);
        const held: Held[] = [];
        list.forEach((operation, i) => {
          if ('take' in operation) {
            const block = allocator.allocate(operation.take);
            const mark = (i % 255) + 1;
            contentsOf(allocator, block, operation.take).fill(mark);
            held.push({ block, bytes: operation.take, mark });
          } else if (held.length > 0) {
            allocator.release(held.splice(operation.release % held.length, 1)[0].block);
          }
        });
        expectSound(allocator, held);
        for (const { block } of held) allocator.release(block);
        allocator.coalesce();
        expect(allocator.bytesInUse).toBe(0);
        expect(allocator.freeParts()).toEqual([allocator.heapBytes - 1024]);
      }),
      { numRuns: 200 },
    );
  });

  it('runs a step of the same sizes in any order on the same places', () => {
    const sizes = Array.from({ length: 60 }, (_, i) => 40 + ((i * 7919) % 37) * 1_711);
    fc.assert(
      fc.property(fc.array(fc.shuffledSubarray(sizes, { minLength: sizes.length }), { minLength: 3 }), (steps) => {
        const allocator = make(400);
        const placesOf = (order: readonly number[]) => {
          const blocks = order.map((bytes) => allocator.allocate(bytes));
          blocks.forEach((_, i) => allocator.release(blocks[(i * 7) % blocks.length]));
          return blocks.map(startOf).sort((a, b) => a - b);
        };
        const first = placesOf(sizes);
        const [bytes, peak] = [allocator.heapBytes, allocator.peakBytes];
        for (const order of steps) expect(placesOf(order)).toEqual(first);
        expect([allocator.heapBytes, allocator.peakBytes, allocator.bytesInUse]).toEqual([bytes, peak, 0]);
      }),
      { numRuns: 20 },
    );
  });

  it('joins what small blocks left for a large one before it grows', () => {
    const allocator = make(400, 16);
    const blocks = Array.from({ length: 15 }, () => allocator.allocate(PAGE));
    for (const block of blocks) allocator.release(block);
    const before = allocator.heapBytes;
    const large = allocator.allocate(15 * PAGE);
    expect(startOf(large)).toBe(1024);
    expect(allocator.heapBytes).toBe(before);
  });

  it('takes the smallest free part that is large enough', () => {
    const allocator = make(400, 64);
    const sizes = [10, 3, 1, 5, 1].map((pages) => pages * PAGE);
    const [ten, , , five] = sizes.map((bytes) => allocator.allocate(bytes));
    allocator.release(ten);
    allocator.release(five);
    allocator.coalesce();
    expect(startOf(allocator.allocate(4 * PAGE))).toBe(startOf(five));
  });

  it('grows in steps of 16 MiB or an eighth, but not beyond the limit', () => {
    const allocator = make(4_000);
    allocator.allocate(PAGE);
    expect(allocator.heapBytes).toBe(257 * PAGE);
    allocator.allocate(2_400 * PAGE);
    const before = allocator.heapBytes;
    allocator.allocate(260 * PAGE);
    expect(allocator.heapBytes).toBe(Math.ceil((before * 1.125) / PAGE) * PAGE);
    const small = make(300);
    small.allocate(PAGE);
    small.allocate(256 * PAGE);
    expect(small.heapBytes).toBe(300 * PAGE);
  });

  it('grows by no more than it needs where it may not take the whole step', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 20 });
    const allocator = new Allocator(wasmHeap(memory, 1_000));
    expect(allocator.allocate(18 * PAGE).bytes).toBe(18 * PAGE);
    expect(allocator.heapBytes).toBe(19 * PAGE);
  });

  it('says what was asked, what is in use and what there may be when memory is out, and goes on', () => {
    const allocator = make(32);
    const block = allocator.allocate(20 * PAGE);
    let error: unknown;
    try {
      allocator.allocate(13 * PAGE);
    } catch (reason) {
      error = reason;
    }
    expect(error).toBeInstanceOf(SheepError);
    expect((error as SheepError).code).toBe('unsupported');
    expect((error as SheepError).message).toBe(
      "taking 851,968 bytes of the device's memory: expected to stay within its 2,097,152 bytes, received 1,310,720 " +
        'bytes in use, 2,097,152 taken from the system; use a smaller batch, context or model, or dispose tensors ' +
        'that are no longer needed',
    );
    allocator.release(block);
    expect(allocator.allocate(31 * PAGE).bytes).toBe(31 * PAGE);
  });

  it('refuses a block that was given back', () => {
    const allocator = make(300);
    const block = allocator.allocate(100);
    allocator.release(block);
    expect(() => allocator.release(block)).toThrow('released before');
  });

  it('finds only what needs no growth', () => {
    const allocator = make(300);
    expect(allocator.find(2 * PAGE)).toBeUndefined();
    expect(allocator.find(100)?.bytes).toBe(128);
    expect(allocator.heapBytes).toBe(PAGE);
  });
});
