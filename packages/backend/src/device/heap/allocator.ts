import { SheepError } from '@sheep/core';
import { Block, FreeList, UNIT_BYTES, unitsFor } from './allocator-blocks.js';
import type { HeapMemory } from './heap-memory.js';
import type { Heap } from './heap.js';

const LEAST_GROWTH_BYTES = 16 * 2 ** 20;

/**
 * Hands out parts of a heap.
 *
 * Method: a freed block is kept, whole, on a stack for its size, so that steps that ask for the same sizes, in any
 * order, run on the same places and find them in constant time. Only a size of which none is kept is cut from the
 * smallest free part that holds it; where there is none, all kept blocks are joined with their free neighbors first;
 * and only where that does not help the heap grows.
 */
export class Allocator implements HeapMemory {
  bytesInUse = 0;
  peakBytes = 0;
  private readonly kept = new Map<number, Block[]>();
  private readonly free = new FreeList();
  private last: Block | null = null;
  private end: number;

  /** @param base bytes at the heap's start that are not ours; place 0 is never handed out. */
  constructor(
    readonly heap: Heap,
    base = 0,
  ) {
    this.end = Math.max(1, Math.ceil(base / UNIT_BYTES));
    this.takeGrowth();
  }

  get heapBytes(): number {
    return this.heap.bytes;
  }

  get limitBytes(): number {
    return this.heap.limit;
  }

  restartPeak(): void {
    this.peakBytes = this.bytesInUse;
  }

  /**
   * A part of at least `bytes` bytes, what it holds undefined, yours until given to `release`.
   *
   * @throws SheepError `unsupported` where the heap may not grow that far.
   */
  allocate(bytes: number): Block {
    return this.find(bytes) ?? this.afterGrowth(bytes);
  }

  /** Like `allocate`, but undefined where the heap would have to grow. */
  find(bytes: number): Block | undefined {
    const units = unitsFor(bytes);
    const block = this.kept.get(units)?.pop() ?? this.cut(units);
    if (block) this.handOut(block);
    return block;
  }

  /** Takes back a block that `allocate` or `find` handed out. */
  release(block: Block): void {
    if (block.state !== 'used') throw new Error(`the block at ${block.ref} was released before`);
    block.state = 'kept';
    this.bytesInUse -= block.units * UNIT_BYTES;
    const sameSize = this.kept.get(block.units);
    if (sameSize) sameSize.push(block);
    else this.kept.set(block.units, [block]);
  }

  /** Joins all that is free with its neighbors; happens by itself before the heap grows. */
  coalesce(): void {
    for (const blocks of this.kept.values()) for (const block of blocks) this.join(block);
    this.kept.clear();
  }

  /** The free parts, in bytes, the largest first. For tests and reports; joins nothing. */
  freeParts(): number[] {
    const kept = [...this.kept.values()].flat();
    return [...kept, ...this.free.blocks].map((block) => block.bytes).sort((a, b) => b - a);
  }

  private handOut(block: Block): void {
    block.state = 'used';
    this.bytesInUse += block.units * UNIT_BYTES;
    if (this.bytesInUse > this.peakBytes) this.peakBytes = this.bytesInUse;
  }

  private cut(units: number): Block | undefined {
    let block = this.free.takeBest(units);
    if (!block && this.kept.size > 0) {
      this.coalesce();
      block = this.free.takeBest(units);
    }
    if (block && block.units > units) this.split(block, units);
    return block;
  }

  private split(block: Block, units: number): void {
    const rest = new Block(block.start + units, block.units - units);
    rest.before = block;
    rest.after = block.after;
    if (rest.after) rest.after.before = rest;
    else this.last = rest;
    block.after = rest;
    block.units = units;
    this.free.add(rest);
  }

  private join(block: Block): void {
    block.state = 'free';
    let whole = block;
    if (block.before?.state === 'free') {
      whole = block.before;
      this.free.remove(whole);
      this.swallowNext(whole);
    }
    if (whole.after?.state === 'free') {
      this.free.remove(whole.after);
      this.swallowNext(whole);
    }
    this.free.add(whole);
  }

  private swallowNext(block: Block): void {
    const next = block.after!;
    block.units += next.units;
    block.after = next.after;
    if (block.after) block.after.before = block;
    else this.last = block;
  }

  /** The memory from `end` on becomes a free part. */
  private takeGrowth(): void {
    const units = Math.floor(this.heap.bytes / UNIT_BYTES) - this.end;
    if (units <= 0) return;
    const block = new Block(this.end, units);
    this.end += units;
    block.before = this.last;
    if (this.last) this.last.after = block;
    this.last = block;
    this.join(block);
  }

  private afterGrowth(bytes: number): Block {
    const { heap } = this;
    const atEnd = this.last?.state === 'free' ? this.last.units : 0;
    const needed = (this.end - atEnd + unitsFor(bytes)) * UNIT_BYTES;
    const roomy = Math.min(heap.limit, heap.bytes + Math.max(LEAST_GROWTH_BYTES, heap.bytes / 8));
    const grew = (roomy > needed && heap.grow(roomy)) || heap.grow(needed);
    if (grew) this.takeGrowth();
    const block = grew ? this.find(bytes) : undefined;
    if (!block) throw this.outOfMemory(bytes);
    return block;
  }

  private outOfMemory(bytes: number): SheepError {
    const [inUse, limit] = [this.bytesInUse, this.heap.limit].map((count) => count.toLocaleString('en'));
    return new SheepError('unsupported', {
      doing: `taking ${bytes.toLocaleString('en')} bytes of the device's memory`,
      expected: `to stay within its ${limit} bytes`,
      received: `${inUse} bytes in use, ${this.heap.bytes.toLocaleString('en')} taken from the system`,
      remedy: 'use a smaller batch, context or model, or dispose tensors that are no longer needed',
    });
  }
}
