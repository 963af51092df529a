import { REF_BYTES } from './heap.js';

/** The alignment of a block, and what its size is a multiple of. */
export const UNIT_BYTES = 64;

const REFS_PER_UNIT = UNIT_BYTES / REF_BYTES;
// Up to here sizes are rounded up to one of eight classes between powers of two, behind it to one of 64: what is about as
// large as something before lies in the same places.
const LARGEST_CLASS_UNITS = 1024;

type State = 'used' | 'kept' | 'free';

/**
 * A part of the heap, aligned to 64 bytes, and the whole of the last 64 bytes it reaches into: a kernel's vector may
 * read past the last value.
 */
export class Block {
  /** In units of 64 bytes. */
  start: number;
  units: number;
  state: State = 'free';
  // The neighbors in the heap.
  before: Block | null = null;
  after: Block | null = null;

  constructor(start: number, units: number) {
    this.start = start;
    this.units = units;
  }

  /** The place: an offset in units of 16 bytes. */
  get ref(): number {
    return this.start * REFS_PER_UNIT;
  }

  get bytes(): number {
    return this.units * UNIT_BYTES;
  }
}

/** The units of 64 bytes that a block of so many bytes is made of. */
export function unitsFor(bytes: number): number {
  const units = Math.max(1, Math.ceil(bytes / UNIT_BYTES));
  if (units <= 16) return units;
  const step = 2 ** ((units > LARGEST_CLASS_UNITS ? 25 : 28) - Math.clz32(units - 1));
  return Math.ceil(units / step) * step;
}

const order = (a: Block, units: number, start: number): number => a.units - units || a.start - start;

/** The free parts that are not kept for their size, the smallest first, then by place. */
export class FreeList {
  readonly blocks: Block[] = [];

  private indexOf(units: number, start: number): number {
    let [low, high] = [0, this.blocks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (order(this.blocks[middle], units, start) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(block: Block): void {
    this.blocks.splice(this.indexOf(block.units, block.start), 0, block);
  }

  remove(block: Block): void {
    this.blocks.splice(this.indexOf(block.units, block.start), 1);
  }

  takeBest(units: number): Block | undefined {
    return this.blocks.splice(this.indexOf(units, 0), 1)[0];
  }
}
