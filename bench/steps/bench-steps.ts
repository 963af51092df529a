import { contenders } from '../contenders.js';
import { runProcess, type Skipped } from '../run-process.js';
import { quartiles } from '../statistics.js';
import { table } from '../table.js';
import { configurations, type Measured } from './time-steps.js';

/** One contender at one configuration. */
export interface StepRow {
  readonly configuration: string;
  readonly contender: string;
  readonly build?: string;
  readonly steps?: number;
  /** Milliseconds a step. */
  readonly quartiles?: readonly [number, number, number];
  readonly peakBytes?: number;
  readonly skipped?: string;
}

type Round = Measured | Skipped;

function summarize(configuration: string, contender: string, rounds: readonly Round[]): StepRow {
  const good = rounds.filter((round) => 'milliseconds' in round);
  if (good.length === 0) return { configuration, contender, skipped: (rounds[0] as Skipped).skipped };
  const milliseconds = good.flatMap((round) => round.milliseconds);
  return {
    configuration,
    contender,
    build: good[0].build,
    steps: milliseconds.length,
    quartiles: quartiles(milliseconds),
    peakBytes: Math.max(...good.map(({ peakBytes }) => peakBytes)),
  };
}

function cells({ contender, quartiles: measured, peakBytes = 0, skipped }: StepRow, base?: number): string[] {
  if (!measured) return [contender, `skipped: ${skipped}`, '', '', ''];
  const [low, middle, high] = measured;
  const ratio = base === undefined ? '' : (base / middle).toFixed(3);
  return [
    contender,
    `${middle.toFixed(1)} ms`,
    `${low.toFixed(1)}-${high.toFixed(1)}`,
    ratio,
    `${(peakBytes / 1e6).toFixed(0)} MB`,
  ];
}

/** Measures all contenders at a configuration, in turns, and prints a table. */
export function benchSteps(configuration: string, rounds: number, seconds: number): StepRow[] {
  const taking = contenders.filter(({ only }) => only?.includes(configuration) ?? true);
  const measured = new Map(taking.map(({ name }) => [name, [] as Round[]]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const contender of taking) {
      console.error(`${configuration}, round ${round} of ${rounds}: ${contender.name} ...`);
      measured.get(contender.name)?.push(runProcess(contender.command(configuration, seconds)) as Round);
    }
  }
  const rows = [...measured].map(([name, all]) => summarize(configuration, name, all));
  const base = rows[0].quartiles?.[1];
  const head = ['contender', 'median step', 'quartiles', `${contenders[0].name} / this`, 'peak memory'];
  console.log(`\nSteps, ${configuration}: ${JSON.stringify(configurations[configuration])}\n`);
  console.log(
    table(
      head,
      rows.map((row) => cells(row, base)),
    ),
  );
  return rows;
}
