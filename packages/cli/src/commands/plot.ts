import { basename, join, resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { createHistory } from '@sheep/metrics';
import { plotRuns, readMetrics, type RunEvents, writePlots } from '@sheep/metrics/node';
import type { Io } from '../io.js';
import { RUN_FILES } from '../run/run-folder.js';

async function readRun(folder: string): Promise<RunEvents> {
  return { name: basename(resolve(folder)), events: await readMetrics(join(folder, RUN_FILES.metrics)) };
}

async function drawOwn(folder: string, { name, events }: RunEvents): Promise<void> {
  const history = createHistory();
  for (const event of events) history.write(event);
  await writePlots(folder, history, { name });
}

/** `sheep plot`: the pictures of one run again, or several runs in one picture. */
export function plotCommand(io: Io) {
  return new Command('plot')
    .description("Draw a run's pictures again, or the losses of several runs in one.")
    .argument('<run...>', 'folders of runs')
    .option('--out <file>', 'the PNG or SVG to draw into; runs.png for several runs')
    .action(async (folders, { out }) => {
      const runs = await Promise.all(folders.map(readRun));
      if (runs.length === 1 && out === undefined) {
        await drawOwn(folders[0], runs[0]);
        io.stdout.write(`drew the pictures in ${folders[0]}\n`);
        return;
      }
      const path = out ?? 'runs.png';
      await plotRuns(runs, path);
      io.stdout.write(`drew ${path}\n`);
    });
}
