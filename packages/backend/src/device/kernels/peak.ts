import type { Device } from '../device.js';

/** What a machine reaches with bare loops: what kernels are compared with. */
export interface Peak {
  /** Floating-point operations a second of multiply-adds on operands in the first cache, all threads together. */
  readonly operationsPerSecond: number;
  /** Bytes read and written a second by a copy that no cache holds. */
  readonly bytesPerSecond: number;
}

const MEGA = 2 ** 20;
// About 2 ms a block.
const MEGA_OPERATIONS = 64;
const BLOCKS_PER_THREAD = 4;
const COPIED_FLOATS = 2 ** 24;
const COPY_BLOCK = 16_384;

/** Seconds of the fastest of some runs of a kernel. */
function fastest(device: Device, seconds: number, run: () => void): number {
  const end = performance.now() + 1000 * seconds;
  let least = Infinity;
  do {
    const start = performance.now();
    run();
    device.settle();
    least = Math.min(least, performance.now() - start);
  } while (performance.now() < end);
  return least / 1000;
}

/**
 * Measures a device's bare loops, the best of some runs.
 *
 * @param seconds how long it takes in all.
 */
export function measurePeak(device: Device, threads: number, seconds: number): Peak {
  const blocks = BLOCKS_PER_THREAD * threads;
  const products = fastest(device, seconds / 2, () => device.run('peak_products', [MEGA_OPERATIONS], [], blocks));
  const copy = device.room(2 * COPIED_FLOATS, (place) => {
    const ints = [place, place + COPIED_FLOATS / 4, COPIED_FLOATS];
    return fastest(device, seconds / 2, () => device.run('peak_copy', ints, [], COPIED_FLOATS / COPY_BLOCK));
  });
  return {
    operationsPerSecond: (blocks * MEGA_OPERATIONS * MEGA) / products,
    bytesPerSecond: (2 * 4 * COPIED_FLOATS) / copy,
  };
}
