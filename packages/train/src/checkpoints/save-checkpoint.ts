import { join } from 'node:path';
import { SheepError, treeToSafetensors, type ParamTree } from '@sheep/core';
import { verifyManifest } from '@sheep/core/node';
import { writeStep } from './checkpoint-folder.js';
import { damageNote, findWhole } from './find-whole-checkpoint.js';
import { FILES } from './names.js';
import { readSmallFile } from './read-small-file.js';
import { readIntoTree } from './read-tree.js';

/** The trees of a loop by a name of their own, as `params` and `optimizerState`: each is a file. */
export type NamedTrees = Readonly<Record<string, ParamTree>>;

/** What a loop of one's own saves. */
export interface LoopCheckpoint {
  /** Steps done. */
  readonly step: number;
  readonly trees: NamedTrees;
  /** What else the loop must know to go on, as a position in the data. Plain JSON. */
  readonly state?: unknown;
  /** Files that are kept beside, as `config.json`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether it is the best so far. */
  readonly best?: boolean;
  /** How many of the newest stay; 3 unless given. The best stays as well. */
  readonly keep?: number;
}

/** What {@link loadCheckpoint} found besides the values of the trees. */
export interface LoadedCheckpoint {
  readonly step: number;
  readonly state: unknown;
  readonly folder: string;
  /** One line about what was passed over, where a newer checkpoint is damaged. */
  readonly note: string | undefined;
}

const fileOf = (tree: string): string => (tree === 'params' ? FILES.weights : `${tree}.safetensors`);

/**
 * Saves the trees of a loop of one's own, whole or not at all: after a kill at any instant, {@link loadCheckpoint} finds
 * this one or the one before.
 *
 * @param folder of all checkpoints of the loop; made where it is missing. `params` becomes `model.safetensors`.
 * @returns where it lies.
 */
export async function saveCheckpoint(folder: string, checkpoint: LoopCheckpoint): Promise<string> {
  const { step, trees, state = null, files = {}, best = false, keep = 3 } = checkpoint;
  const contents: (readonly [string, string | Uint8Array])[] = Object.entries(files);
  for (const [name, tree] of Object.entries(trees)) contents.push([fileOf(name), await treeToSafetensors(tree)]);
  contents.push([FILES.state, `${JSON.stringify({ step, state }, null, 2)}\n`]);
  return writeStep(folder, { step, files: contents, best, keep });
}

async function readWhole(folder: string): Promise<{ step: number; state: unknown }> {
  await verifyManifest(folder, [FILES.state]);
  const path = join(folder, FILES.state);
  const text = (await readSmallFile(path)) ?? '';
  try {
    const { step, state } = JSON.parse(text) as { step: unknown; state: unknown };
    if (typeof step === 'number') return { step, state };
  } catch {
    // Told below, as is JSON without a step.
  }
  throw new SheepError('bad-file', {
    doing: `reading ${path}`,
    expected: 'the state that saveCheckpoint wrote',
    received: JSON.stringify(text.slice(0, 80)),
    remedy: 'give the folder of a loop of your own; a run of train() is read by readCheckpoint',
  });
}

/**
 * Gives the trees of a loop the values of its newest checkpoint of which every file has its SHA-256.
 *
 * @param trees made as for a fresh start, under the names they were saved with; those that are not named stay on the disk.
 * @returns undefined, with the trees as they were, where there is no checkpoint yet.
 * @throws SheepError `bad-file` that names what is damaged where none is whole, `mismatch` where names or shapes are not those of the trees.
 */
export async function loadCheckpoint(folder: string, trees: NamedTrees): Promise<LoadedCheckpoint | undefined> {
  const found = await findWhole(folder, 'last', readWhole);
  if (found === undefined) return undefined;
  for (const [name, tree] of Object.entries(trees)) await readIntoTree(join(found.folder, fileOf(name)), tree);
  return { step: found.step, state: found.state, folder: found.folder, note: damageNote(found) };
}
