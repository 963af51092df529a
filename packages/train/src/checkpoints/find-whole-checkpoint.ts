import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SheepError } from '@sheep/core';
import { checkpointName, FILES, stepOf } from './names.js';
import type { ReadCheckpoint } from './parse-state.js';
import { pointedTo, type Which } from './pointers.js';
import { readCheckpoint } from './read-checkpoint.js';

/** Where a checkpoint lies of which every file is as it was written. */
export interface Whole {
  readonly folder: string;
  /** What was wrong with those that were meant rather, in the order in which they were looked at; none as a rule. */
  readonly damage: readonly SheepError[];
}

/** A run's checkpoint, every file as it was written. */
export type WholeCheckpoint = ReadCheckpoint & Whole;

/**
 * Reads a run's checkpoint and, where that is damaged, the newest one that is whole.
 *
 * @param path a run, its `checkpoints` folder or a checkpoint, which then is the only one looked at.
 * @param which `best` takes the last where no best is known.
 * @returns undefined where a run has none yet.
 * @throws SheepError that names what is damaged, where none is whole.
 */
export async function findWholeCheckpoint(path: string, which: Which = 'last'): Promise<WholeCheckpoint | undefined> {
  return findWhole(path, which, readCheckpoint);
}

/** {@link findWholeCheckpoint} for any kind of checkpoint: `read` throws where one is damaged. */
export async function findWhole<T extends object>(
  path: string,
  which: Which,
  read: (folder: string) => Promise<T>,
): Promise<(T & Whole) | undefined> {
  if (existsSync(join(path, FILES.state))) return { folder: path, damage: [], ...(await read(path)) };
  const inside = join(path, 'checkpoints');
  const folder = existsSync(inside) ? inside : path;
  const present = await newestFirst(folder);
  const { names: pointed, damage } = await pointedBy(folder, which === 'best' ? ['best', 'last'] : ['last']);
  for (const name of new Set([...pointed, ...present])) {
    try {
      if (!present.includes(name)) throw gone(join(folder, name));
      return { folder: join(folder, name), damage, ...(await read(join(folder, name))) };
    } catch (error) {
      damage.push(asDamage(error));
    }
  }
  if (damage.length > 0) throw damage[0];
  return undefined;
}

/** One line about a damaged checkpoint that another was taken for; undefined where none was damaged. */
export function damageNote({ damage, folder }: Whole): string | undefined {
  if (damage.length === 0) return undefined;
  const { doing, expected, received } = damage[0].parts;
  const others = damage.length === 1 ? '' : `, and ${damage.length - 1} more damaged`;
  return `${doing}: expected ${expected}, received ${received}${others}; taking ${folder}, the newest that is whole`;
}

/** The names of a run's checkpoints. A link is none: it may lead anywhere. */
async function newestFirst(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const folders = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const steps = folders.map(({ name }) => stepOf(name)).filter((step) => step !== undefined);
  return steps.sort((a, b) => b - a).map(checkpointName);
}

async function pointedBy(folder: string, order: readonly Which[]): Promise<{ names: string[]; damage: SheepError[] }> {
  const names: string[] = [];
  const damage: SheepError[] = [];
  for (const which of order) {
    try {
      const name = await pointedTo(folder, which);
      if (name !== undefined) names.push(name);
    } catch (error) {
      damage.push(asDamage(error));
    }
  }
  return { names, damage };
}

function asDamage(error: unknown): SheepError {
  if (error instanceof SheepError && (error.code === 'bad-file' || error.code === 'not-found')) return error;
  throw error;
}

function gone(folder: string): SheepError {
  const remedy = 'use another checkpoint or a copy of this one';
  return new SheepError('bad-file', { doing: `opening ${folder}`, expected: 'a folder', received: 'none', remedy });
}
