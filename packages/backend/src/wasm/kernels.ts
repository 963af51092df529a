import { numbersOf } from '../device/kernel-names.js';
import type { Kernels } from '../device/threads/kernels.js';
import type { KernelModule } from './kernel-module.js';

/** Where the heap starts: at the memory's start. */
const HEAP = 0;

/** What kernels/pool.c exports. */
interface PoolExports extends WebAssembly.Exports {
  readonly __heap_base: WebAssembly.Global;
  readonly sheep_kernel_name: (number: number) => number;
  readonly sheep_post: (heap: number, ...job: Parameters<Kernels['post']>) => void;
  readonly sheep_join: (heap: number, ...job: Parameters<Kernels['join']>) => number;
}

/** The kernels on a WebAssembly memory. */
export interface WasmKernels extends Kernels {
  readonly memory: WebAssembly.Memory;
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
export async function openKernels({ module, shared }: KernelModule, memory: WebAssembly.Memory): Promise<WasmKernels> {
  const { exports } = (await WebAssembly.instantiate(module, { env: { memory, now } })) as { exports: PoolExports };
  const { __heap_base: base, sheep_post: post, sheep_join: join } = exports;
  return {
    shared,
    memory,
    base: base.value as number,
    numbers: numbersOf(namesIn(exports, memory)),
    ahead: 0,
    post: (place, kernel, blocks, measured) => post(HEAP, place, kernel, blocks, measured),
    join: (place, number, scratch, spins) => join(HEAP, place, number, scratch, spins),
    forWorkers: { module, memory },
  };
}

function namesIn(exports: PoolExports, memory: WebAssembly.Memory): string[] {
  const names: string[] = [];
  for (;;) {
    const place = exports.sheep_kernel_name(names.length);
    if (place === 0) return names;
    names.push(readText(memory, place));
  }
}

/** A C string in ASCII. */
function readText(memory: WebAssembly.Memory, place: number): string {
  const bytes = new Uint8Array(memory.buffer);
  return String.fromCharCode(...bytes.slice(place, bytes.indexOf(0, place)));
}
