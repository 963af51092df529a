import type { Allocator } from '../heap/allocator.js';
import type { Block } from '../heap/allocator-blocks.js';
import { poolBytes } from './control.js';
import type { Kernels } from './kernels.js';
import { checkThreads, startPool, type Pool } from './pool.js';

/** The threads of a device, whose number can change: pools on one heap, one after the other. */
export class Threads {
  private pool: Pool | undefined;
  private block: Block | undefined;

  constructor(
    private readonly kernels: Kernels,
    private readonly allocator: Allocator,
  ) {
    allocator.heap.kernels = {
      settle: () => this.pool?.settle(),
      write: (place, values) => this.now.write(place, values),
    };
  }

  /** The pool of now. */
  get now(): Pool {
    if (!this.pool) throw new Error('the device has no threads');
    return this.pool;
  }

  /**
   * Replaces the pool unless it works and has that many threads; memory that cannot be shared has one.
   *
   * @throws SheepError as `startPool` does; the pool there was then goes on.
   */
  async use(threads: number): Promise<void> {
    checkThreads(threads);
    const { kernels, allocator } = this;
    const count = kernels.shared ? threads : 1;
    if (this.pool?.works && this.pool.threads === count) return;
    const block = allocator.allocate(poolBytes(count));
    try {
      const pool = await startPool({ kernels, heap: allocator.heap, place: block.ref, threads: count });
      await this.close();
      [this.pool, this.block] = [pool, block];
    } catch (error) {
      allocator.release(block);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.pool?.works) this.pool.settle();
    await this.pool?.close();
    if (this.block) this.allocator.release(this.block);
    [this.pool, this.block] = [undefined, undefined];
  }
}
