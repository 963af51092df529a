import { SheepError } from '@sheep/core';
import { CommanderError } from 'commander';
import type { Io } from './io.js';

const BAD_INPUT = 2;
const FAULT = 1;

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}

/** Tells of an error in one line on stderr, with a stack where it is no user's fault and `verbose`; returns the exit code. */
export function reportError(error: unknown, io: Io, verbose: boolean): number {
  // Commander has printed already, the help as well as the errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_INPUT;
  if (error instanceof SheepError) {
    io.stderr.write(`sheep: ${oneLine(error.message)}\n`);
    if (verbose) io.stderr.write(`${error.stack}\n`);
    return BAD_INPUT;
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = verbose && error instanceof Error ? `${error.stack}\n` : '';
  io.stderr.write(`sheep: ${oneLine(message)}${stack === '' ? ' (--verbose shows where)' : ''}\n${stack}`);
  return FAULT;
}
