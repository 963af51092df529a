import { SheepError } from '@sheep/core';
import { nodeProcess } from '../device/threads/host.js';
import type { Kernels } from '../device/threads/kernels.js';

/** kernels/pool.c on one heap; places are `ref`s. */
export interface AddonOnHeap {
  post: Kernels['post'];
  join: Kernels['join'];
}

/** What a file of native kernels exports: addon/addon.c. */
export interface Addon {
  /** Whether this processor has what they are compiled for. */
  readonly runs: boolean;
  readonly kernelNames: readonly string[];
  /** @param heap over all of it, from its start. */
  open(heap: Float32Array): AddonOnHeap;
  /** Milliseconds on the clock that threads note their shares with. */
  now(): number;
}

// The fastest first, as scripts/build-native.mjs makes them.
const sets = { x64: ['avx512bf16', 'avx512', 'avx2', 'sse2'], arm64: ['neonbf16', 'neon'] } as const;

/** What native kernels are compiled for: a set of instructions. */
export type InstructionSet = (typeof sets)[keyof typeof sets][number];

/** Native kernels, loaded. */
export interface NativeBuild {
  readonly set: InstructionSet;
  /** Tells builds of different sources apart: the start of the file's hash. */
  readonly fingerprint: string;
  readonly path: string;
  readonly addon: Addon;
}

/** What was built, and the SHA-256 of each file. */
interface Manifest {
  readonly files: Readonly<Record<string, string>>;
}

type Node = NonNullable<ReturnType<typeof nodeProcess>>;

/** The sets of instructions that this machine may have kernels for, the fastest first. */
export function nativeSets(): readonly InstructionSet[] {
  const arch = nodeProcess()?.arch ?? 'none';
  return arch in sets ? sets[arch as keyof typeof sets] : [];
}

/**
 * Loads the fastest native kernels that this processor runs.
 *
 * @param choices the sets to choose from, the preferred first.
 * @param folder where manifest.json and the files lie; where the package keeps them unless given.
 * @throws SheepError `unsupported` where there are none, `bad-file` for a file that is not the one that was built, or that is
 * named but missing.
 */
export function loadNativeBuild(choices: readonly InstructionSet[] = nativeSets(), folder?: string): NativeBuild {
  const node = nodeProcess();
  if (!node) throw notThere('Node', 'a page', "use 'wasm'");
  const platform = `${node.platform}-${node.arch}`;
  const { folder: found, files } = readManifest(node, platform, folder);
  const built = choices.filter((set) => `${platform}-${set}.node` in files);
  if (built.length === 0) throw noFile(platform);
  for (const set of built) {
    const name = `${platform}-${set}.node`;
    const path = node.getBuiltinModule('node:path').join(found, name);
    checkFile(node, path, files[name]);
    const addon = requireFrom(node)(path) as Addon;
    if (addon.runs) return { set, fingerprint: files[name].slice(0, 8), path, addon };
  }
  throw notThere(`a processor that has ${built.join(' or ')}`, 'one that has not', "use 'wasm'");
}

const requireFrom = (node: Node) => node.getBuiltinModule('node:module').createRequire(import.meta.url);

function readManifest(node: Node, platform: string, folder?: string): Manifest & { readonly folder: string } {
  const paths = node.getBuiltinModule('node:path');
  let path: string;
  let text: string;
  try {
    path =
      folder === undefined ? requireFrom(node).resolve('#native/manifest.json') : paths.join(folder, 'manifest.json');
    text = node.getBuiltinModule('node:fs').readFileSync(path, 'utf8');
  } catch (error) {
    throw noFile(platform, error);
  }
  try {
    const { files } = JSON.parse(text) as Manifest;
    return { files: { ...files }, folder: paths.dirname(path) };
  } catch (error) {
    throw damaged(path, 'a list of files with their SHA-256, as JSON', JSON.stringify(text.slice(0, 40)), error);
  }
}

const noFile = (platform: string, cause?: unknown): SheepError =>
  notThere(`a file for ${platform}`, 'none', 'in a clone of the project `npm run build:native` makes it', cause);

function notThere(expected: string, received: string, remedy: string, cause?: unknown): SheepError {
  return new SheepError('unsupported', { doing: 'loading the native kernels', expected, received, remedy }, { cause });
}

/** A file of code is loaded only if it is the one that was built. */
function checkFile(node: Node, path: string, sha256: string): void {
  const bytes = readBuilt(node, path, sha256);
  const found = node.getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw damaged(path, builtFile(sha256), `one of SHA-256 ${found}`);
}

function readBuilt(node: Node, path: string, sha256: string): Uint8Array {
  try {
    return node.getBuiltinModule('node:fs').readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw damaged(path, builtFile(sha256), code === 'ENOENT' ? 'none' : `one that cannot be read (${message})`, error);
  }
}

const builtFile = (sha256: string): string => `the file that was built, of SHA-256 ${sha256}`;

function damaged(path: string, expected: string, received: string, cause?: unknown): SheepError {
  const parts = {
    doing: `loading the native kernels from ${path}`,
    expected,
    received,
    remedy: 'install @sheep/backend again; in a clone of the project delete packages/backend/generated/native',
  };
  return new SheepError('bad-file', parts, { cause });
}
