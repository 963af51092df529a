import { deepStrictEqual } from 'node:assert';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { randomUniform, streamOf } from '@sheep/core';
import {
  type Ended,
  ended,
  lastStepOf,
  resultOf,
  type Result,
  stageOf,
  startTraining,
  STEPS,
  writeTinyConfig,
} from './tiny-run.js';

/** What to do to how many runs. */
export interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  /** An empty folder to do it in. */
  readonly folder: string;
  readonly backend: string;
  /** Is told what came of it so far, after each kill. */
  readonly progress?: (figures: KillFigures) => void;
}

/** What came of it. */
export interface KillFigures {
  readonly kills: number;
  /** Runs that came to their end, all of them with the bytes of the undisturbed one. */
  readonly runs: number;
  /** How often a run was killed where. */
  readonly stages: Readonly<Record<string, number>>;
}

// A run is killed so often, and once after its last step; then it is left to come to its end.
const KILLS_A_RUN = 8;
// Two of three kills come before one of the writes, most of which are a checkpoint's; the others at any millisecond.
const SHARE_AT_WRITES = 2 / 3;
// Of pictures and the like, when nothing else is left to do.
const WRITES_AT_THE_END = 20;

/** A run that nothing happens to, how many writes it takes and how long. */
async function undisturbed(folder: string) {
  const start = performance.now();
  const { code, stderr } = await ended(startTraining(folder, 'through'));
  if (code !== 0) throw new Error(`the undisturbed run ended with ${code}: ${stderr}`);
  const writes = Number(/(\d+) writes/.exec(stderr)![1]);
  return { expected: await resultOf(join(folder, 'runs', 'through')), writes, milliseconds: performance.now() - start };
}

function check(result: Result, expected: Result, run: string): void {
  for (const key of Object.keys(expected) as (keyof Result)[]) {
    deepStrictEqual(result[key], expected[key], `${key} of ${run}`);
  }
}

/** When to kill a process: before one of its writes, or so many milliseconds after its start. */
type Instant = { readonly killAt: number } | { readonly after: number };

async function trainUntil(folder: string, run: string, instant: Instant | undefined): Promise<Ended> {
  const child = startTraining(folder, run, instant && 'killAt' in instant ? instant.killAt : undefined);
  const end = ended(child);
  if (instant && 'after' in instant) void wait(instant.after).then(() => child.kill('SIGKILL'));
  return end;
}

/** Begins a run or goes on with it. Resolves to where it was when it was killed, undefined where it came to its end. */
async function killOnce(folder: string, run: string, instant: Instant | undefined): Promise<string | undefined> {
  const { code, signal, stderr } = await trainUntil(folder, run, instant);
  if (signal === 'SIGKILL') return stageOf(join(folder, 'runs', run));
  if (code === 0) return undefined;
  throw new Error(`${run} did not go on: it ended with ${code}, ${stderr}`);
}

/**
 * Kills runs at random instants and goes on with them by `--resume`, again and again, until they come to their end.
 *
 * @throws Error for a resume that does not go on, or a run that ends with other bytes, steps, samples or files.
 */
export async function killRuns({ kills, seed, folder, backend, progress }: KillOptions): Promise<KillFigures> {
  await writeTinyConfig(folder, backend);
  const { expected, writes, milliseconds } = await undisturbed(folder);
  let drawn = 0;
  const random = () => randomUniform({ seed, stream: streamOf('torture/kill'), step: 0 }, (drawn += 1));
  const choose = async (run: string): Promise<Instant> => {
    if (random() >= SHARE_AT_WRITES) return { after: random() * milliseconds };
    const left = 1 - (await lastStepOf(join(folder, 'runs', run))) / STEPS;
    return { killAt: 1 + Math.floor(random() * (left * writes + WRITES_AT_THE_END)) };
  };
  const stages: Record<string, number> = {};
  let [killed, runs] = [0, 0];
  for (; killed < kills; runs += 1) {
    const run = `killed-${runs}`;
    let stage: string | undefined;
    for (let inRun = 0; ; inRun += 1) {
      const spare = inRun === KILLS_A_RUN || killed === kills || stage === 'after the last step';
      stage = await killOnce(folder, run, spare ? undefined : await choose(run));
      if (stage === undefined) break;
      killed += 1;
      stages[stage] = (stages[stage] ?? 0) + 1;
      progress?.({ kills: killed, runs, stages });
    }
    check(await resultOf(join(folder, 'runs', run)), expected, run);
  }
  return { kills: killed, runs, stages };
}
