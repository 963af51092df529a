import { arch, cpus, freemem, platform, release, totalmem } from 'node:os';
import { Command } from '@commander-js/extra-typings';
import { type BackendName, backendNames, useBackend } from '@sheep/backend';
import type { Io } from '../io.js';
import { type Fact, formatFacts, formatThreads } from '../screen/format.js';
import { packageVersion } from '../versions.js';
import { measureProducts } from './measure-products.js';

const PACKAGES = ['core', 'tokenizer', 'data', 'backend', 'model', 'train', 'metrics', 'cli'];
const SIZE = 512;
// Of a backend's products.
const SECONDS = 1;

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

async function tryBackend(name: BackendName): Promise<Fact> {
  try {
    const { build, threads } = await useBackend(name);
    const speed = ((await measureProducts(SIZE, SECONDS)) / 1e9).toPrecision(3);
    return [
      name,
      `works: ${speed} GFLOP/s in products of ${SIZE} x ${SIZE}, ${build}${threads === undefined ? '' : `, ${formatThreads(threads)}`}`,
    ];
  } catch (error) {
    return [name, `does not open: ${error instanceof Error ? error.message : String(error)}`];
  }
}

async function autoFact(): Promise<Fact> {
  try {
    return ['auto', `takes ${(await useBackend('auto')).name}`];
  } catch (error) {
    return ['auto', `finds none: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function machineFacts(): Fact[] {
  const processors = cpus();
  return [
    ['node', process.version],
    ['platform', `${platform()} ${arch()}, ${release()}`],
    ['cores', `${processors.length}${processors.length > 0 ? ` (${processors[0].model.trim()})` : ''}`],
    ['memory', `${gibibytes(totalmem())}, ${gibibytes(freemem())} free`],
    ['packages', PACKAGES.map((name) => `${name} ${packageVersion(`@sheep/${name}`)}`).join(', ')],
  ];
}

/** `sheep doctor`: what this machine is and which backends work on it. */
export function doctorCommand(io: Io) {
  return new Command('doctor')
    .description('Show what this machine is and which backends work on it.')
    .action(async () => {
      const print = (facts: readonly Fact[]) => io.stdout.write(`${formatFacts(facts).join('\n')}\n`);
      print(machineFacts());
      io.stdout.write('\nbackends, the fastest first\n');
      for (const name of backendNames) print([await tryBackend(name)]);
      print([await autoFact()]);
    });
}
