import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { treeToSafetensors, type Checkpoint, type CheckpointStore } from '@sheep/core';
import { removeFolderAtomic, removeLeftovers, writeFolderAtomic } from '@sheep/core/node';
import { checkpointName, FILES, stepOf } from './names.js';
import { forget, point, pointedTo } from './pointers.js';
import { readCheckpoint } from './read-checkpoint.js';
import { readIntoTree } from './read-tree.js';

/** What a run's checkpoints hold besides weights, moments and the trainer's state. */
export interface CheckpointFolderOptions {
  /** How many of the newest stay; the best stays as well. */
  readonly keep: number;
  /** Files that make it a model that others can open: `config.json`, `tokenizer.json`. */
  readonly files: Readonly<Record<string, string>>;
  /** Plain JSON for `state.json`, asked for at each checkpoint. */
  readonly extra?: () => Readonly<Record<string, unknown>>;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function contents(checkpoint: Checkpoint, options: CheckpointFolderOptions) {
  const { state, params, weights = params, optimizerState } = checkpoint;
  const training = weights === params ? [] : [[FILES.training, await treeToSafetensors(params)] as const];
  return [
    ...Object.entries(options.files),
    [FILES.weights, await treeToSafetensors(weights)],
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

/**
 * Keeps a run's checkpoints in a folder: each a folder of its own that never changes, written under a temporary
 * name, synced, renamed and only then pointed to by `last.json` and, where it is the best, `best.json`.
 */
export function checkpointFolder(folder: string, options: CheckpointFolderOptions): CheckpointStore {
  return {
    async save(checkpoint) {
      const files = await contents(checkpoint, options);
      const name = checkpointName(checkpoint.state.step);
      const path = join(folder, name);
      await mkdir(folder, { recursive: true });
      await removeLeftovers(folder);
      // Of this step there is one only where a run went back: it was killed before `last` pointed here, or a newer one was damaged.
      await forget(folder, name);
      await removeFolderAtomic(path);
      await writeFolderAtomic(path, files);
      if (checkpoint.best) await point(folder, 'best', name);
      await point(folder, 'last', name);
      await prune(folder, options.keep);
      return path;
    },
    async restore({ params, optimizerState }) {
      const name = await pointedTo(folder, 'last');
      if (name === undefined) return undefined;
      const path = join(folder, name);
      const { state } = await readCheckpoint(path);
      const training = join(path, FILES.training);
      await readIntoTree(existsSync(training) ? training : join(path, FILES.weights), params);
      await readIntoTree(join(path, FILES.optimizer), optimizerState);
      return state;
    },
  };
}
