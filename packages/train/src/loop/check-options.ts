import { SheepError } from '@sheep/core';
import type { TrainOptions } from './options.js';
import { checkRules } from './watch.js';

const COUNTS = [
  'gradientAccumulation',
  'maxSteps',
  'maxEpochs',
  'stopAfter',
  'logEvery',
  'evalEvery',
  'checkpointEvery',
  'sampleEvery',
] as const;

function wrong(expected: string, received: string, remedy: string): SheepError {
  return new SheepError('bad-option', { doing: 'starting a run', expected, received, remedy });
}

function checkCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return;
  throw wrong(`${name} as a whole number of at least 1`, String(value), `give ${name} such a number, or leave it out`);
}

/** @throws SheepError `bad-option` where nothing would end the run, for a count that is none, or for two rules of one name. */
export function checkOptions(options: TrainOptions): void {
  for (const name of COUNTS) checkCount(name, options[name]);
  checkRules(options);
  if (options.maxSteps !== undefined || options.maxEpochs !== undefined) return;
  throw wrong('maxSteps or maxEpochs', 'neither', 'set one of them');
}
