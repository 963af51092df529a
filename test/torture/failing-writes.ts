import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { verifyManifest } from '@sheep/core/node';
import { findCheckpoint } from '@sheep/train/node';
import { runMain } from '../../packages/cli/test/run-main.js';
import { plantFault, systemError } from './faulty-fs.js';
import { resultOf, trainArguments, writeTinyConfig } from './tiny-run.js';

const FAULTS = {
  /** What already is there can be removed, and nothing be added. */
  'full disk': {
    code: 'ENOSPC',
    message: 'no space left on device',
    fails: (name: string) => name !== 'rm' && name !== 'truncateSync',
  },
  'read-only folder': { code: 'EROFS', message: 'read-only file system', fails: () => true },
} as const;

/** Which writes are to fail. */
export interface FailingWrites {
  /** An empty folder, the current one. */
  readonly folder: string;
  /** 1 for each write of a run in turn, n for every n-th. */
  readonly every: number;
}

/** What came of it. */
export interface FailingFigures {
  /** Writes of the undisturbed run. */
  readonly writes: number;
  /** Runs from one of whose writes on all failed. */
  readonly runs: number;
  /** Runs that came to their end all the same: only the removal of the lock was left to fail. */
  readonly unharmed: number;
}

// Fewer steps make fewer writes, and no kind of them less.
const SHORT = ['--max-steps', '6'];

const inRuns = (path: string): boolean => path.includes('runs/') || path.includes('runs\\');

/** Trains while every write from a certain one on fails. */
async function trainWithFault(run: string, fault: keyof typeof FAULTS, from: number) {
  const { code, message, fails } = FAULTS[fault];
  const restore = await plantFault((number, name) => {
    if (number >= from && fails(name)) throw systemError(code, message, name);
  }, inRuns);
  try {
    return await runMain(...trainArguments(run), ...SHORT);
  } finally {
    restore();
  }
}

/** The run stopped with one line that says what is wrong and how to go on, and `last` means a whole checkpoint. */
async function checkStopped(stderr: string, run: string, fault: keyof typeof FAULTS): Promise<void> {
  match(stderr, /^sheep: [^\n]+\n$/);
  match(
    stderr,
    new RegExp(`received ${FAULTS[fault].code}: ${FAULTS[fault].message}, .*--resume --out runs/${run}\n$`),
  );
  const last = existsSync(join('runs', run)) ? await findCheckpoint(join('runs', run)) : undefined;
  if (last !== undefined) await verifyManifest(last);
}

/** Counts the writes of a run to which nothing happens. */
async function countWrites(): Promise<number> {
  let writes = 0;
  const restore = await plantFault((number) => (writes = number), inRuns);
  const { code, stderr } = await runMain(...trainArguments('through'), ...SHORT);
  restore();
  strictEqual(code, 0, stderr);
  return writes;
}

/**
 * Lets all writes of a run fail from one of them on, goes on once the disk takes them again, and holds the run to what an
 * undisturbed one comes to.
 *
 * @throws Error for a run that stops without a clear line, leaves `last` at what is not whole, or does not go on.
 */
export async function failWrites({ folder, every }: FailingWrites): Promise<FailingFigures> {
  await writeTinyConfig(folder, 'wasm');
  const writes = await countWrites();
  const expected = await resultOf(join('runs', 'through'));
  let [runs, unharmed] = [0, 0];
  for (const fault of Object.keys(FAULTS) as (keyof typeof FAULTS)[]) {
    for (let from = 1; from <= writes; from += every, runs += 1) {
      const run = `${FAULTS[fault].code}-${from}`;
      const { code, stderr } = await trainWithFault(run, fault, from);
      if (code === 0) unharmed += 1;
      else await checkStopped(stderr, run, fault);
      const resumed = await runMain(...trainArguments(run), ...SHORT);
      strictEqual(resumed.code, 0, resumed.stderr);
      deepStrictEqual(await resultOf(join('runs', run)), expected, run);
    }
  }
  return { writes, runs, unharmed };
}
