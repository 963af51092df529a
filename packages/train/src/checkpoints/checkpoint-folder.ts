import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { treeToSafetensors, type Checkpoint, type CheckpointStore, type ParamTree } from '@sheep/core';
import { removeFolderAtomic, removeLeftovers, writeFolderAtomic, type FileContent } from '@sheep/core/node';
import { disposeTree } from '@sheep/ops';
import { checkpointName, FILES, stepOf } from './names.js';
import { forget, point, pointedTo } from './pointers.js';
import { damageNote, findWholeCheckpoint } from './find-whole-checkpoint.js';
import { readIntoTree } from './read-tree.js';

/** How parameters lie in files. */
export interface WeightFiles {
  /** The content of each file by its name. */
  write(params: ParamTree): Promise<Readonly<Record<string, Uint8Array>>>;
  /** The parameters in a checkpoint's folder; the caller owns them. */
  read(folder: string): ParamTree;
}

/** What a run's checkpoints hold besides weights, moments and the trainer's state. */
export interface CheckpointFolderOptions {
  /** How many of the newest stay; the best stays as well. */
  readonly keep: number;
  /** Files that make it a model that others can open: `config.json`, `tokenizer.json`. */
  readonly files: Readonly<Record<string, string>>;
  /** Where the parameters are kept in other files than `model.safetensors`. */
  readonly weights?: WeightFiles;
  /** Plain JSON for `state.json`, asked for at each checkpoint. */
  readonly extra?: () => Readonly<Record<string, unknown>>;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const oneFile = async (params: ParamTree) => ({ [FILES.weights]: await treeToSafetensors(params) });

async function contents(checkpoint: Checkpoint, options: CheckpointFolderOptions) {
  const { state, params, weights = params, optimizerState } = checkpoint;
  const training = weights === params ? [] : [[FILES.training, await treeToSafetensors(params)] as const];
  return [
    ...Object.entries(options.files),
    ...Object.entries(options.weights ? await options.weights.write(weights) : await oneFile(weights)),
    ...training,
    [FILES.optimizer, await treeToSafetensors(optimizerState)],
    [FILES.state, json({ ...state, ...options.extra?.() })],
  ] as const;
}

/** Removes all but the newest `keep` and those that are pointed to; nothing while a damaged pointer may mean any. */
async function prune(folder: string, keep: number): Promise<void> {
  const steps = (await readdir(folder)).map(stepOf).filter((step) => step !== undefined);
  const old = steps.sort((a, b) => b - a).slice(keep);
  const pointed = await Promise.all([pointedTo(folder, 'last'), pointedTo(folder, 'best')]).catch(() => undefined);
  if (pointed === undefined) return;
  for (const name of old.map(checkpointName)) {
    if (!pointed.includes(name)) await removeFolderAtomic(join(folder, name));
  }
}

/** One checkpoint as files. */
export interface StepFiles {
  readonly step: number;
  readonly files: Iterable<readonly [string, FileContent]>;
  /** Whether it is the best so far. */
  readonly best: boolean;
  /** How many of the newest stay; the best stays as well. */
  readonly keep: number;
}

/**
 * Writes a checkpoint's folder under a temporary name, syncs it, renames it and only then points to it.
 *
 * @returns where it lies.
 */
export async function writeStep(folder: string, { step, files, best, keep }: StepFiles): Promise<string> {
  const name = checkpointName(step);
  const path = join(folder, name);
  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder);
  // Of this step there is one only where a run went back: it was killed before `last` pointed here, or a newer one was damaged.
  await forget(folder, name);
  await removeFolderAtomic(path);
  await writeFolderAtomic(path, files);
  if (best) await point(folder, 'best', name);
  await point(folder, 'last', name);
  await prune(folder, keep);
  return path;
}

/** Puts the parameters of a checkpoint in place of others: those that training goes on with, where it publishes others. */
async function restoreParams(path: string, params: ParamTree, weights: WeightFiles | undefined): Promise<void> {
  const training = join(path, FILES.training);
  if (existsSync(training)) return readIntoTree(training, params);
  if (weights === undefined) return readIntoTree(join(path, FILES.weights), params);
  const stored = weights.read(path);
  for (const [name, param] of Object.entries(params)) param.assign(stored[name]);
  disposeTree(stored);
}

/**
 * Keeps a run's checkpoints in a folder: each a folder of its own that never changes, written under a temporary
 * name, synced, renamed and only then pointed to by `last.json` and, where it is the best, `best.json`.
 */
export function checkpointFolder(folder: string, options: CheckpointFolderOptions): CheckpointStore {
  return {
    async save(checkpoint) {
      const { state, best } = checkpoint;
      return writeStep(folder, {
        step: state.step,
        files: await contents(checkpoint, options),
        best,
        keep: options.keep,
      });
    },
    async restore({ params, optimizerState }) {
      const whole = await findWholeCheckpoint(folder);
      if (whole === undefined) return undefined;
      await restoreParams(whole.folder, params, options.weights);
      await readIntoTree(join(whole.folder, FILES.optimizer), optimizerState);
      return { state: whole.state, note: damageNote(whole) };
    },
  };
}
