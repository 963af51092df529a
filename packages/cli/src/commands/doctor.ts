import { arch, cpus, freemem, platform, release, totalmem } from 'node:os';
import { Command } from '@commander-js/extra-typings';
import { type BackendName, backendNames, useBackend } from '@sheep/backend';
import { matMul, randomUniform } from '@tensorflow/tfjs-core';
import type { Io } from '../io.js';
import { type Fact, formatFacts, formatThreads } from '../screen/format.js';
import { packageVersion } from '../versions.js';

const PACKAGES = ['core', 'tokenizer', 'data', 'backend', 'model', 'train', 'metrics', 'cli'];
const SIZE = 512;

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** Products of two square matrices for about a second, on the backend in use: 10^9 operations a second. */
async function measureGflops(): Promise<number> {
  const [a, b] = [randomUniform([SIZE, SIZE]), randomUniform([SIZE, SIZE])];
  const multiply = async () => {
    const product = matMul(a, b);
    await product.data();
    product.dispose();
  };
  await multiply();
  const start = performance.now();
  let products = 0;
  while (performance.now() - start < 1000) {
    await multiply();
    products += 1;
  }
  const seconds = (performance.now() - start) / 1000;
  a.dispose();
  b.dispose();
  return (products * 2 * SIZE ** 3) / seconds / 1e9;
}

async function tryBackend(name: BackendName): Promise<Fact> {
  try {
    const { build, threads } = await useBackend(name);
    const speed = (await measureGflops()).toPrecision(3);
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
