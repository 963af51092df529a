/** One of those that are measured: a process that prints one line of JSON, see `Measured` in steps/time-steps.ts. */
export interface Contender {
  readonly name: string;
  /** The command for a configuration, running for so many seconds. */
  command(configuration: string, seconds: number): readonly string[];
  /** The configurations that it takes part in: all unless given. */
  readonly only?: readonly string[];
}

const NODE = [process.execPath, '--conditions=@sheep/source', '--import', 'tsx'];
const script = (name: string): string => `bench/steps/${name}`;

const sheep = (backend: string): Contender => ({
  name: `sheep ${backend}`,
  command: (configuration, seconds) => [...NODE, script('sheep-step.ts'), configuration, backend, `${seconds}`],
});

const tfjs = (device: string, style: string, only?: readonly string[]): Contender => ({
  name: `tfjs ${device}, ${style}`,
  command: (configuration, seconds) => [...NODE, script('tfjs-step.ts'), configuration, device, style, `${seconds}`],
  only,
});

const torch = (threads: number): Contender => ({
  name: `PyTorch, ${threads} thread${threads === 1 ? '' : 's'}`,
  command: (configuration, seconds) => [
    process.env.PYTHON ?? 'python3',
    script('torch-step.py'),
    configuration,
    `${threads}`,
    `${seconds}`,
  ],
});

/** The first is what the others are compared with. */
export const contenders: readonly Contender[] = [
  torch(2),
  torch(1),
  sheep('tfjs-wasm'),
  tfjs('wasm', 'tuned', ['nano']),
  tfjs('wasm', 'plain', ['nano']),
  tfjs('cpu', 'plain', ['nano']),
];
