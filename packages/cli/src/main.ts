#!/usr/bin/env node
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { doctorCommand } from './commands/doctor.js';
import { evalCommand } from './commands/eval.js';
import { exportCommand } from './commands/export.js';
import { generateCommand } from './commands/generate.js';
import { plotCommand } from './commands/plot.js';
import { scheduleCommand } from './commands/schedule.js';
import { trainCommand } from './commands/train.js';
import { type Io, isVerbose, processIo } from './io.js';
import { reportError } from './report-error.js';
import { packageVersion } from './versions.js';

function program(io: Io): Command {
  const sheep = new Command('sheep')
    .description('Train GPT-style language models, and talk to them.')
    .version(packageVersion('@sheep/cli'));
  for (const make of [
    trainCommand,
    generateCommand,
    evalCommand,
    exportCommand,
    plotCommand,
    scheduleCommand,
    doctorCommand,
  ]) {
    sheep.addCommand(make(io) as unknown as Command);
  }
  for (const command of [sheep, ...sheep.commands]) {
    command
      .option('--verbose', 'show where an error that is not yours comes from')
      .exitOverride()
      .configureOutput({
        writeOut: (text) => void io.stdout.write(text),
        writeErr: (text) => void io.stderr.write(text),
        outputError: (text, write) =>
          write(
            `sheep: ${text
              .replace(/^error: /, '')
              .trim()
              .replaceAll(/\s*\n\s*/g, ' ')}\n`,
          ),
      });
  }
  return sheep;
}

/**
 * Runs one command of the command line.
 *
 * @param argv the arguments after the program's name.
 * @returns the exit code: 0 success, 1 a fault of ours, 2 bad input, 3 a run that numbers which are not finite
 *   ended, 130 or 143 after a signal.
 */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  try {
    await program(io).parseAsync(argv, { from: 'user' });
    return io.exitCode;
  } catch (error) {
    return reportError(error, io, isVerbose(argv, io));
  }
}

function isProgram(): boolean {
  const started = process.argv[1];
  return existsSync(started ?? '') && realpathSync(started) === fileURLToPath(import.meta.url);
}

if (isProgram()) {
  // A reader that went away, as in `sheep train | head`, is no error.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
  process.exitCode = await main(process.argv.slice(2));
}
