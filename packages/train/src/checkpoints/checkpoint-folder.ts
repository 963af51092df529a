import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { treeToSafetensors, type Checkpoint, type CheckpointStore } from '@sheep/core';
import { removeLeftovers, writeFolderAtomic } from '@sheep/core/node';
import { checkpointName, FILES, stepOf } from './names.js';
import { forget, point, pointedTo } from './pointers.js';

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

async function contents({ state, params, optimizerState }: Checkpoint, options: CheckpointFolderOptions) {
  return [
    ...Object.entries(options.files),
    [FILES.weights, await treeToSafetensors(params)],
    [FILES.optimizer, await treeToSafetensors(optimizerState)],
    [FILES.state, json({ ...state, ...options.extra?.() })],
  ] as const;
}

/** Removes all but the newest `keep` and those that are pointed to. */
async function prune(folder: string, keep: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => stepOf(name) !== undefined).sort();
  const pointed = await Promise.all([pointedTo(folder, 'last'), pointedTo(folder, 'best')]);
  const old = names.slice(0, Math.max(0, names.length - keep)).filter((name) => !pointed.includes(name));
  for (const name of old) await rm(join(folder, name), { recursive: true });
}

/**
 * Keeps a run's checkpoints in a folder: each a folder of its own that never changes, written under a temporary
 * name, synced, renamed and only then pointed to by `last.json` and, where it is the best, `best.json`.
 */
export function checkpointFolder(folder: string, options: CheckpointFolderOptions): CheckpointStore {
  return {
    async save(checkpoint) {
      await mkdir(folder, { recursive: true });
      await removeLeftovers(folder);
      const name = checkpointName(checkpoint.state.step);
      const path = join(folder, name);
      // One of this step is there only where a run went back to an earlier checkpoint: it was killed before `last` was set.
      if ((await pointedTo(folder, 'best')) === name) await forget(folder, 'best');
      await rm(path, { recursive: true, force: true });
      await writeFolderAtomic(path, await contents(checkpoint, options));
      if (checkpoint.best) await point(folder, 'best', name);
      await point(folder, 'last', name);
      await prune(folder, options.keep);
      return path;
    },
  };
}
