import { spawn } from 'node:child_process';
import { contenders } from '../contenders.js';
import { runProcess, type Skipped } from '../run-process.js';
import { quartiles } from '../statistics.js';
import { table } from '../table.js';
import type { Measured } from './time-steps.js';

/** A contender's step on a machine of its own, and with another process on one of its cores. */
export interface LoadedRow {
  readonly contender: string;
  /** Milliseconds a step. */
  readonly quiet: readonly [number, number, number];
  readonly loaded: readonly [number, number, number];
  /** Of the medians. */
  readonly slowdown: number;
}

const CONFIGURATION = 'nano';
const NAMES = ['PyTorch, 2 threads', 'sheep cpu, 2 threads', 'sheep wasm, 2 threads'];

const text = ([low, middle, high]: LoadedRow['quiet']): string =>
  `${middle.toFixed(1)} (${low.toFixed(1)}-${high.toFixed(1)})`;

function measure(command: readonly string[]): number[] {
  const measured = runProcess(command) as Measured | Skipped;
  return 'skipped' in measured ? [] : measured.milliseconds;
}

/** Measures nano steps with and without a process that keeps one core busy, in turns, and prints a table. */
export function benchLoaded(rounds: number, seconds: number): LoadedRow[] {
  const taking = contenders.filter(({ name }) => NAMES.includes(name));
  const times = taking.map(() => ({ quiet: [] as number[], loaded: [] as number[] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [i, contender] of taking.entries()) {
      console.error(`loaded, round ${round} of ${rounds}: ${contender.name} ...`);
      const command = contender.command(CONFIGURATION, seconds);
      times[i].quiet.push(...measure(command));
      const busy = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
      times[i].loaded.push(...measure(command));
      busy.kill('SIGKILL');
    }
  }
  const rows = taking.flatMap(({ name }, i): LoadedRow[] => {
    if (times[i].loaded.length === 0 || times[i].quiet.length === 0) return [];
    const [quiet, loaded] = [quartiles(times[i].quiet), quartiles(times[i].loaded)];
    return [{ contender: name, quiet, loaded, slowdown: loaded[1] / quiet[1] }];
  });
  console.log(`\nSteps of ${CONFIGURATION} on a loaded machine, ms, median and quartiles\n`);
  console.log(
    table(
      ['contender', 'alone', 'one core busy', 'slowdown'],
      rows.map(({ contender, quiet, loaded, slowdown }) => [contender, text(quiet), text(loaded), slowdown.toFixed(2)]),
    ),
  );
  return rows;
}
