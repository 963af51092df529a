import { nodeCommand } from './run-process.js';

/** One of those that are measured: a process that prints one line of JSON, see `Measured` in steps/time-steps.ts. */
export interface Contender {
  readonly name: string;
  /** The command for a configuration, running for so many seconds. */
  command(configuration: string, seconds: number): readonly string[];
  /** The configurations that it takes part in: all unless given. */
  readonly only?: readonly string[];
}

const threadsText = (threads: number): string => `${threads} thread${threads === 1 ? '' : 's'}`;

const sheep = (
  backend: string,
  threads: number,
  precision: 'f32' | 'bf16' = 'f32',
  only?: readonly string[],
): Contender => ({
  name: [`sheep ${backend}`, ...(precision === 'bf16' ? ['bf16'] : []), threadsText(threads)].join(', '),
  command: (configuration, seconds) =>
    nodeCommand('steps/sheep-step.ts', configuration, backend, `${threads}`, `${seconds}`, precision),
  only,
});

const tfjs = (device: string, style: string): Contender => ({
  name: `tfjs ${device}, ${style}`,
  command: (configuration, seconds) => nodeCommand('steps/tfjs-step.ts', configuration, device, style, `${seconds}`),
  only: ['nano'],
});

const torch = (threads: number, mode: 'eager' | 'bf16' | 'compile' = 'eager', only?: readonly string[]): Contender => ({
  name: ['PyTorch', ...(mode === 'eager' ? [] : [mode]), threadsText(threads)].join(', '),
  command: (configuration, seconds) => [
    process.env.PYTHON ?? 'python3',
    'bench/steps/torch-step.py',
    configuration,
    `${threads}`,
    `${seconds}`,
    mode,
  ],
  only,
});

/** The first is what the others are compared with. */
export const contenders: readonly Contender[] = [
  torch(2),
  sheep('cpu', 2),
  sheep('cpu', 2, 'bf16'),
  torch(2, 'bf16', ['nano', 'wiki', 'deep']),
  torch(2, 'compile', ['nano', 'wiki']),
  sheep('wasm', 2),
  torch(1),
  sheep('cpu', 1),
  sheep('wasm', 1, 'f32', ['nano', 'wiki']),
  sheep('tfjs-wasm', 1, 'f32', ['nano', 'wiki']),
  tfjs('wasm', 'tuned'),
  tfjs('wasm', 'plain'),
  tfjs('cpu', 'plain'),
];
