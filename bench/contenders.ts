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

const sheep = (backend: string, threads = 1, only?: readonly string[]): Contender => ({
  name: backend === 'wasm' ? `sheep wasm, ${threadsText(threads)}` : `sheep ${backend}`,
  command: (configuration, seconds) =>
    nodeCommand('steps/sheep-step.ts', configuration, backend, `${threads}`, `${seconds}`),
  only,
});

const tfjs = (device: string, style: string): Contender => ({
  name: `tfjs ${device}, ${style}`,
  command: (configuration, seconds) => nodeCommand('steps/tfjs-step.ts', configuration, device, style, `${seconds}`),
  only: ['nano'],
});

const torch = (threads: number): Contender => ({
  name: `PyTorch, ${threadsText(threads)}`,
  command: (configuration, seconds) => [
    process.env.PYTHON ?? 'python3',
    'bench/steps/torch-step.py',
    configuration,
    `${threads}`,
    `${seconds}`,
  ],
});

/** The first is what the others are compared with. */
export const contenders: readonly Contender[] = [
  torch(2),
  sheep('wasm', 2),
  torch(1),
  sheep('wasm', 1),
  sheep('tfjs-wasm', 1, ['nano', 'wiki']),
  tfjs('wasm', 'tuned'),
  tfjs('wasm', 'plain'),
  tfjs('cpu', 'plain'),
];
