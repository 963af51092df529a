// Times training steps of @sheep and of what users would take in its place, side by side:
// pnpm bench [--rounds 3] [--seconds 4] [configuration ...]
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { contenders, type Contender } from './contenders.js';
import { configurations, type Measured } from './steps/time-steps.js';

const root = fileURLToPath(new URL('..', import.meta.url));

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '4' } },
  allowPositionals: true,
});
const chosen = positionals.length > 0 ? positionals : Object.keys(configurations);

function measure(contender: Contender, configuration: string): Measured | { skipped: string } {
  const [program, ...args] = contender.command(configuration, Number(values.seconds));
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  const reason = stderr?.trim().split('\n').at(-1);
  return status === 0 ? (JSON.parse(stdout) as Measured) : { skipped: reason || `${program} did not start` };
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

interface Row {
  readonly configuration: string;
  readonly contender: string;
  readonly build?: string;
  readonly steps?: number;
  /** Milliseconds a step: the quartiles. */
  readonly quartiles?: readonly [number, number, number];
  readonly peakBytes?: number;
  readonly skipped?: string;
}

function summarize(configuration: string, contender: string, rounds: readonly (Measured | { skipped: string })[]): Row {
  const good = rounds.filter((round) => 'milliseconds' in round);
  if (good.length === 0) return { configuration, contender, skipped: (rounds[0] as { skipped: string }).skipped };
  const sorted = good.flatMap(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return {
    configuration,
    contender,
    build: good[0].build,
    steps: sorted.length,
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)],
    peakBytes: Math.max(...good.map(({ peakBytes }) => peakBytes)),
  };
}

function benchConfiguration(configuration: string): Row[] {
  const taking = contenders.filter(({ only }) => only?.includes(configuration) ?? true);
  const measured = new Map(taking.map(({ name }) => [name, [] as (Measured | { skipped: string })[]]));
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const contender of taking) {
      console.error(`${configuration}, round ${round} of ${values.rounds}: ${contender.name} ...`);
      measured.get(contender.name)?.push(measure(contender, configuration));
    }
  }
  return [...measured].map(([name, rounds]) => summarize(configuration, name, rounds));
}

function line({ contender, quartiles, peakBytes, skipped }: Row, base: number | undefined): string {
  if (!quartiles) return `| ${contender} | skipped: ${skipped} | | | |`;
  const [low, middle, high] = quartiles;
  const ratio = base === undefined ? '' : (base / middle).toFixed(3);
  const memory = `${((peakBytes ?? 0) / 1e6).toFixed(0)} MB`;
  return `| ${contender} | ${middle.toFixed(1)} ms | ${low.toFixed(1)}-${high.toFixed(1)} | ${ratio} | ${memory} |`;
}

const rows = chosen.flatMap((configuration) => {
  const made = benchConfiguration(configuration);
  const base = made[0].quartiles?.[1];
  console.log(`\n${configuration}: ${JSON.stringify(configurations[configuration])}\n`);
  console.log(`| contender | median step | quartiles | ${contenders[0].name} / this | peak memory |`);
  console.log('| --- | ---: | ---: | ---: | ---: |');
  for (const row of made) console.log(line(row, base));
  return made;
});

const machine = { processor: cpus()[0].model, cores: cpus().length, memoryBytes: totalmem(), node: process.version };
const file = `bench/results/${new Date().toISOString().slice(0, 10)}.json`;
mkdirSync(new URL('results', import.meta.url), { recursive: true });
writeFileSync(new URL(`../${file}`, import.meta.url), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
console.log(`\nwrote ${file}`);
