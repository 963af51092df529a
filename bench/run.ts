// Times kernels and training steps of @sheep and of what users would take in its place, side by side:
// npm run bench -- [--rounds 3] [--seconds 4] [kernels] [nano] [wiki] [vocab] [deep] [loaded] [growth]
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benchKernels } from './kernels/bench-kernels.js';
import { benchGrowth } from './steps/bench-growth.js';
import { benchLoaded } from './steps/bench-loaded.js';
import { benchSteps } from './steps/bench-steps.js';
import { configurations } from './steps/time-steps.js';

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '4' } },
  allowPositionals: true,
});
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const known = ['kernels', ...Object.keys(configurations), 'loaded', 'growth'];
const unknown = positionals.find((name) => !known.includes(name));
if (unknown !== undefined) {
  console.error(`running the bench: expected any of ${known.join(', ')}, received '${unknown}'`);
  process.exit(2);
}
const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);

const results = {
  machine: { processor: cpus()[0].model, cores: cpus().length, memoryBytes: totalmem(), node: process.version },
  kernels: wanted('kernels') ? benchKernels(rounds, seconds / 16) : undefined,
  steps: Object.keys(configurations)
    .filter(wanted)
    .flatMap((configuration) => benchSteps(configuration, rounds, seconds)),
  loaded: wanted('loaded') ? benchLoaded(rounds, seconds) : undefined,
  growth: wanted('growth') ? benchGrowth(rounds, seconds) : undefined,
};

const file = `bench/results/${new Date().toISOString().slice(0, 10)}.json`;
mkdirSync(new URL('results', import.meta.url), { recursive: true });
writeFileSync(new URL(`../${file}`, import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
console.log(`\nwrote ${file}`);
