import { SheepError } from '@sheep/core';
import { getBackend, setBackend } from '@tensorflow/tfjs-core';
import { checkThreads } from './device/threads/pool.js';
import { openCpu } from './cpu/open.js';
import { openJs } from './js/open.js';
import type { BackendOptions, OpenedBackend } from './opened-backend.js';
import { openTfjsWasm } from './tfjs-wasm/open.js';
import { registerTfjsGradients } from './tfjs-gradients.js';
import { openWasm } from './wasm/open.js';

/** A device that computes, by the name that users type. */
export type BackendName = 'cpu' | 'wasm' | 'tfjs-wasm' | 'js';

/** The backend in use. */
export interface BackendInUse extends OpenedBackend {
  readonly name: BackendName;
  /** For `auto`: the faster ones that did not open. */
  readonly passedOver: readonly PassedOver[];
}

/** A backend that `auto` could not take. */
export interface PassedOver {
  readonly name: BackendName;
  /** Why, in one line. */
  readonly reason: string;
  /** Whether a file of its is not as it was installed: it would open here, and users should be told. */
  readonly damaged: boolean;
}

// The fastest first: the order in which `auto` tries them.
const backends: Record<BackendName, (options: BackendOptions) => Promise<OpenedBackend>> = {
  cpu: openCpu,
  wasm: openWasm,
  'tfjs-wasm': openTfjsWasm,
  js: openJs,
};

/** The names `useBackend` takes besides `auto`, the fastest first. */
export const backendNames = Object.keys(backends) as readonly BackendName[];

async function open(name: BackendName, options: BackendOptions): Promise<OpenedBackend> {
  const before = getBackend();
  const opened = await backends[name](options);
  if (options.precision === 'bf16' && opened.precision !== 'bf16') throw withoutBf16(opened.build);
  if (await setBackend(opened.tfjsName)) return opened;
  if (before) await setBackend(before);
  throw new Error('TensorFlow.js could not initialize it');
}

function passOver(name: BackendName, error: unknown): PassedOver {
  const reason = error instanceof Error ? error.message : String(error);
  return { name, reason, damaged: error instanceof SheepError && error.code === 'bad-file' };
}

function notOpened(name: string, cause: unknown): SheepError {
  const received = cause instanceof Error ? cause.message : String(cause);
  return new SheepError(
    'unsupported',
    {
      doing: `opening the backend ${name}`,
      expected: 'a device that works here',
      received,
      remedy: "use 'auto' to take the fastest one that works",
    },
    { cause },
  );
}

/**
 * Opens a device and makes it the one that TensorFlow.js computes on, with gradients for tfjs's own ops.
 *
 * @param name `auto` takes the fastest that works.
 * @throws SheepError `bad-option` for an unknown name or a number of threads that is none, `unsupported` where the device does not open or does not
 * compute with the precision that was asked for; the backend that was in use before then stays in use.
 */
export async function useBackend(
  name: BackendName | 'auto' = 'auto',
  options: BackendOptions = {},
): Promise<BackendInUse> {
  if (name !== 'auto' && !backendNames.includes(name)) throw unknownBackend(name);
  if (options.threads !== undefined) checkThreads(options.threads);
  await registerTfjsGradients();
  const passedOver: PassedOver[] = [];
  for (const candidate of name === 'auto' ? backendNames : [name]) {
    try {
      return { name: candidate, ...(await open(candidate, options)), passedOver };
    } catch (error) {
      if (name !== 'auto') throw notOpened(name, error);
      passedOver.push(passOver(candidate, error));
    }
  }
  throw notOpened('auto', new Error(passedOver.map((one) => `${one.name}: ${one.reason}`).join('; ')));
}

function withoutBf16(build: string): SheepError {
  return new SheepError('unsupported', {
    doing: 'computing with bf16',
    expected:
      "native kernels (the backend 'cpu') on a processor that multiplies bfloat16: AVX512_BF16, or BF16 of arm64",
    received: build,
    remedy: "take the precision 'f32', or 'auto' for bf16 only where it can be",
  });
}

function unknownBackend(name: string): SheepError {
  return new SheepError('bad-option', {
    doing: 'choosing a backend',
    expected: `one of auto, ${backendNames.join(', ')}`,
    received: `'${name}'`,
    remedy: "use 'auto' to take the fastest one that works",
  });
}
