import { extname } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { SheepError } from '@sheep/core';
import { schedulesSpec } from '@sheep/metrics';
import { writePicture } from '@sheep/metrics/node';
import { presets } from '@sheep/model';
import { scheduleKinds } from '@sheep/train';
import { commandLineLayers, fileLayers } from '../config/layers-of-options.js';
import type { Io } from '../io.js';
import { kindsOf, type NamedSchedules, namedSchedules } from '../run/named-schedules.js';
import { formatCount, formatRate } from '../screen/format.js';
import { collect } from './options.js';

const SHARES = [0, 0.25, 0.5, 0.75, 1];
const COLUMN = 10;

/** A table of the rates along the run: a line a schedule. */
function rateTable({ schedules, totalSteps }: NamedSchedules): string[] {
  // The first step is 1.
  const steps = SHARES.map((share) => Math.max(1, Math.round(share * totalSteps)));
  const width = Math.max(...schedules.map(({ name }) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(COLUMN))].join('');
  const shares = SHARES.map((share) => `${100 * share} %`);
  const rates = schedules.map(({ name, schedule }) => line(name, steps.map(schedule).map(formatRate)));
  return [line('', shares), line('step', steps.map(formatCount)), ...rates];
}

function checkPath(path: string): string {
  if (['.png', '.svg'].includes(extname(path))) return path;
  const parts = {
    doing: 'drawing schedules',
    expected: 'a file name that ends in .png or .svg',
    received: `'${path}'`,
  };
  throw new SheepError('bad-option', { ...parts, remedy: 'give --out such a name' });
}

/** `sheep schedule`: learning rates over a run's steps, drawn over one another and in numbers. */
export function scheduleCommand(io: Io) {
  return new Command('schedule')
    .description('Draw learning rate schedules over one another, and show their rates along a run.')
    .argument('[kinds...]', `${scheduleKinds.join(', ')}; all unless given`)
    .option('--config <file>', 'a YAML file of the keys that sheep train takes')
    .option('--preset <name>', `sizes of the model, whose peak is taken: ${Object.keys(presets).join(', ')}`)
    .option('--max-steps <n>', 'steps of the run')
    .option('--learning-rate <x>', 'the peak')
    .option('--set <key.path=value>', 'set any key, as train.schedule.warmupSteps; can be repeated', collect)
    .option('--out <file>', 'the PNG or SVG to draw into', 'schedules.png')
    .action(async (names, { out, ...options }) => {
      const path = checkPath(out);
      const layers = [...(await fileLayers(options)), ...commandLineLayers(options)];
      const notes = new Set<string>();
      const drawn = namedSchedules(layers, kindsOf(names), (text) => notes.add(text));
      for (const note of notes) io.stderr.write(`${note}\n`);
      await writePicture(path, schedulesSpec(drawn.schedules, drawn.totalSteps));
      io.stdout.write(`${[...rateTable(drawn), '', `drew ${path}`].join('\n')}\n`);
    });
}
