import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateStories } from '@sheep/data';

/** Steps of a run that is tortured. */
export const STEPS = 20;

const config = (backend: string): string => `
name: tiny
backend: ${backend}
threads: 1
data: { paths: [book.txt] }
model: { contextLength: 16, layerCount: 2, headCount: 2, embeddingSize: 16, dropout: 0.1 }
train:
  batchSize: 4
  maxSteps: ${STEPS}
  logEvery: 3
  schedule: { warmupSteps: 3 }
  evalEvery: 5
  checkpointEvery: 2
  sampleEvery: 8
  sampleTokens: 8
`;

/** Writes what the tiny runs of a folder are made from. */
export async function writeTinyConfig(folder: string, backend: string): Promise<void> {
  await writeFile(join(folder, 'book.txt'), generateStories({ bytes: 4000 }));
  await writeFile(join(folder, 'tiny.yaml'), config(backend));
}

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const FLAGS = ['--conditions=@sheep/source', '--import', import.meta.resolve('tsx'), '--import', pathOf('kill-at.ts')];

/** The options that begin a run, or go on with it. */
export const trainArguments = (run: string): string[] => [
  'train',
  '--config',
  'tiny.yaml',
  '--resume',
  '--out',
  `runs/${run}`,
];

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** A process of the command line that trains; before its `killAt`-th write it is killed. */
export function startTraining(folder: string, run: string, killAt?: number): ChildProcess {
  const env = { ...process.env, SHEEP_KILL_AT: String(killAt ?? 'never') };
  const args = [...FLAGS, pathOf('../../packages/cli/src/main.ts'), ...trainArguments(run)];
  return spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Waits until a process has ended. */
export async function ended(child: ChildProcess): Promise<Ended> {
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stderr };
}

/** What two runs that did the same have in common: all but the clock. */
export interface Result {
  readonly weights: string;
  readonly moments: string;
  readonly samples: string;
  readonly steps: readonly number[];
  readonly files: readonly string[];
}

/** Reads what a run has come to. */
export async function resultOf(run: string): Promise<Result> {
  const { checkpoint } = JSON.parse(await readFile(join(run, 'checkpoints', 'last.json'), 'utf8')) as {
    checkpoint: string;
  };
  const read = (name: string) => readFile(join(run, 'checkpoints', checkpoint, name), 'hex');
  const metrics = await readFile(join(run, 'metrics.jsonl'), 'utf8');
  return {
    weights: await read('model.safetensors'),
    moments: await read('optimizer.safetensors'),
    samples: await readFile(join(run, 'samples.txt'), 'utf8'),
    steps: Array.from(metrics.matchAll(/^\{"type":"step","step":(\d+),.*\}$/gm), ([, step]) => Number(step)),
    files: (await readdir(run)).sort(),
  };
}

/** The step that a run would go on from; 0 where there is no checkpoint. */
export async function lastStepOf(run: string): Promise<number> {
  const pointer = await readFile(join(run, 'checkpoints', 'last.json'), 'utf8').catch(() => '');
  return Number(/step-(\d+)/.exec(pointer)?.[1] ?? 0);
}

/** Where a run was when it was killed, by what lies in its folder. */
export async function stageOf(run: string): Promise<string> {
  const folder = join(run, 'checkpoints');
  if (!existsSync(folder)) return 'before there was a folder';
  const names = await readdir(folder);
  if (names.some((name) => name.startsWith('.tmp-'))) return 'while a checkpoint, or what points to it, was written';
  const newest = names
    .filter((name) => name.startsWith('step-'))
    .sort()
    .at(-1);
  if (newest === undefined) return 'before the first checkpoint';
  const last = await lastStepOf(run);
  if (!newest.endsWith(`0${last}`)) return 'after a checkpoint was whole, before it was pointed to';
  return last === STEPS ? 'after the last step' : 'between checkpoints';
}
