import { readFileSync } from 'node:fs';
import { readSafetensors, toFloat32 } from '@sheep/core';
import type { Allocator } from '../heap/allocator.js';
import { nativeBuilds, openBuildKernels, type Build } from '../../builds.fixture.js';
import { poolBytes } from '../threads/control.js';
import { REF_BYTES, type Heap } from '../heap/heap.js';
import type { KernelName } from '../kernel-names.js';
import { startPool, type Pool } from '../threads/pool.js';

const GUARD_WORDS = 16;
const GUARD = 0x7fc0dead;

/** Runs kernels on values, and fails where one writes behind its output. */
export class KernelBench {
  /** How finely kernels are cut, whatever the pool has: as for eight unless set. */
  threads = 8;
  private readonly guards: number[] = [];

  constructor(
    private readonly allocator: Allocator,
    private readonly pool: Pool,
  ) {}

  private get heap(): Heap {
    return this.allocator.heap;
  }

  private take(count: number): number {
    const { ref } = this.allocator.allocate(4 * (count + GUARD_WORDS));
    const end = (ref * REF_BYTES) / 4 + count;
    this.heap.i32.fill(GUARD, end, end + GUARD_WORDS);
    this.guards.push(end);
    return ref;
  }

  /** Places values in the heap. */
  put(values: ArrayLike<number>): number {
    const ref = this.take(values.length);
    this.heap.f32.set(values, (ref * REF_BYTES) / 4);
    return ref;
  }

  putInts(values: ArrayLike<number>): number {
    const ref = this.take(values.length);
    this.heap.i32.set(values, (ref * REF_BYTES) / 4);
    return ref;
  }

  /** A place for `count` results, which are NaN until written. */
  room(count: number): number {
    return this.put(new Float32Array(count).fill(NaN));
  }

  read(ref: number, count: number): Float32Array {
    return this.heap.f32.slice((ref * REF_BYTES) / 4, (ref * REF_BYTES) / 4 + count);
  }

  run(name: KernelName, ints: readonly number[], floats: readonly number[], blocks: number): void {
    this.pool.run(name, ints, floats, blocks);
    for (const end of this.guards) {
      const words = this.heap.i32.subarray(end, end + GUARD_WORDS);
      if (words.some((word) => word !== GUARD)) throw new Error(`${name} wrote behind its output`);
    }
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

/** Values that differ from place to place, between -`size` and `size`, the same in every run. */
export function waves(count: number, size = 1, phase = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => size * Math.sin((i + phase) * 1.7 + Math.cos(i * 0.31)));
}

const reference = readSafetensors(
  readFileSync(new URL('../../../../../fixtures/ops/ops.safetensors', import.meta.url)),
);

/** A case of the ops' reference, which PyTorch computed in double precision. */
export interface TorchCase {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly has: (key: string) => boolean;
  readonly values: (key: string) => Float32Array;
  readonly ints: (key: string) => Int32Array;
  readonly shape: (key: string) => readonly number[];
}

/** The cases of an op. */
export function torchCases(op: string): TorchCase[] {
  const names = Object.keys(reference.metadata).filter((name) => name.startsWith(`${op}/`));
  return names.map((name) => {
    const stored = (key: string) => reference.tensors.get(`${name}/${key}`)!;
    return {
      name,
      attributes: JSON.parse(reference.metadata[name]) as Record<string, unknown>,
      has: (key) => reference.tensors.has(`${name}/${key}`),
      values: (key) => toFloat32(stored(key)),
      ints: (key) => stored(key).data as Int32Array,
      shape: (key) => stored(key).shape,
    };
  });
}

/** max|a - b| / max|b|; infinite where a value that should be a number is none. */
export function deviation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let [difference, size] = [0, 1e-6];
  for (let i = 0; i < b.length; i += 1) {
    if (!Number.isFinite(a[i])) return Infinity;
    difference = Math.max(difference, Math.abs(a[i] - b[i]));
    size = Math.max(size, Math.abs(b[i]));
  }
  return difference / size;
}

/** The builds and numbers of threads that kernels are tried with. */
export const benches = [
  { build: 'simd', threads: 1 },
  { build: 'simd-threads', threads: 1 },
  { build: 'relaxed-threads', threads: 3 },
  ...nativeBuilds.map((build) => ({ build, threads: 2 })),
] as const;

/** Opens one of {@link benches}. */
export async function openBench({ build, threads }: { build: Build; threads: number }): Promise<KernelBench> {
  const { kernels, allocator } = await openBuildKernels(build);
  const place = allocator.allocate(poolBytes(threads)).ref;
  const pool = await startPool({ kernels, heap: allocator.heap, place, threads });
  allocator.heap.kernels = pool;
  return new KernelBench(allocator, pool);
}
