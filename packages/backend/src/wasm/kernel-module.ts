import { SheepError } from '@sheep/core';
import { nodeProcess } from '../device/threads/host.js';

// The fastest first.
const builds = {
  'relaxed-threads': () => import('#kernels/relaxed-threads'),
  'simd-threads': () => import('#kernels/simd-threads'),
  simd: () => import('#kernels/simd'),
};

/** A build of the kernels: with relaxed SIMD or SIMD, for memory that threads share or plain memory. */
export type KernelBuild = keyof typeof builds;

/** The kernels, compiled. */
export interface KernelModule {
  readonly build: KernelBuild;
  /** Tells builds of different sources apart: the start of their hash. */
  readonly fingerprint: string;
  /** Whether its memory has to be shared. */
  readonly shared: boolean;
  readonly module: WebAssembly.Module;
}

/** The builds, the fastest first. */
export const kernelBuilds = Object.keys(builds) as readonly KernelBuild[];

/**
 * Compiles the fastest build of the kernels that works here.
 *
 * @param choices the builds to choose from, the preferred first.
 * @throws SheepError `unsupported` where none does.
 */
export async function loadKernelModule(choices: readonly KernelBuild[] = kernelBuilds): Promise<KernelModule> {
  enableRelaxedSimd();
  for (const build of choices) {
    const shared = build !== 'simd';
    if (shared && !canShareMemory()) continue;
    const { default: text, fingerprint } = await builds[build]();
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    if (WebAssembly.validate(bytes)) return { build, fingerprint, shared, module: await WebAssembly.compile(bytes) };
  }
  throw new SheepError('unsupported', {
    doing: 'loading the WebAssembly kernels',
    expected: `a host that runs one of ${choices.join(', ')}`,
    received: 'one without WebAssembly SIMD, or without memory that threads share',
    remedy: "use the backend 'js', or a newer browser",
  });
}

/** A page that is not cross-origin isolated has shared memory, but may not send it to a worker. */
function canShareMemory(): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && (nodeProcess() !== undefined || crossOriginIsolated);
}

/** Node 20 knows relaxed SIMD behind a flag that also works while it runs; later versions have it and no such flag. */
function enableRelaxedSimd(): void {
  const node = nodeProcess();
  if (node && Number.parseInt(node.versions.node, 10) < 22) {
    node.getBuiltinModule('node:v8').setFlagsFromString('--experimental-wasm-relaxed-simd');
  }
}
