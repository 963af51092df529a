import { kernelNames, type KernelName } from '../device/kernel-names.js';
import type { KernelBuild, KernelModule } from './kernel-module.js';

/** What kernels/pool.c exports; places are `ref`s, the heap starts at 0. */
interface PoolExports extends WebAssembly.Exports {
  readonly __heap_base: WebAssembly.Global;
  readonly sheep_kernel_name: (number: number) => number;
  readonly sheep_run: (
    heap: 0,
    control: number,
    kernel: number,
    args: number,
    blocks: number,
    scratch: number,
    spins: number,
  ) => number;
  readonly sheep_join: (heap: 0, control: number, spins: number) => number;
}

/** The kernels on a memory, as the calling thread runs them. */
export interface Kernels {
  readonly build: KernelBuild;
  readonly shared: boolean;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly exports: PoolExports;
  readonly numbers: Readonly<Record<KernelName, number>>;
  /** Bytes at the memory's start that are the module's own. */
  readonly base: number;
}

const now = (): number => performance.now();

/**
 * Puts the kernels on a memory.
 *
 * @param memory shared or plain as `kernelModule` says, at most 65,535 pages, and at least as large as the module's own part:
 * a megabyte is.
 */
export async function openKernels(kernelModule: KernelModule, memory: WebAssembly.Memory): Promise<Kernels> {
  const instance = await WebAssembly.instantiate(kernelModule.module, { env: { memory, now } });
  const exports = instance.exports as PoolExports;
  const numbers = numbersByName(exports, memory);
  const { __heap_base: base } = exports;
  return { ...kernelModule, memory, exports, numbers, base: base.value as number };
}

function numbersByName(exports: PoolExports, memory: WebAssembly.Memory): Record<KernelName, number> {
  const found = new Map<string, number>();
  for (let number = 0; ; number += 1) {
    const place = exports.sheep_kernel_name(number);
    if (place === 0) break;
    found.set(readText(memory, place), number);
  }
  const missing = kernelNames.filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`kernels.def does not name ${missing.join(', ')}`);
  return Object.fromEntries(found) as Record<KernelName, number>;
}

/** A C string in ASCII. */
function readText(memory: WebAssembly.Memory, place: number): string {
  const bytes = new Uint8Array(memory.buffer);
  return String.fromCharCode(...bytes.slice(place, bytes.indexOf(0, place)));
}
