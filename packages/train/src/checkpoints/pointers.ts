import { rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SheepError } from '@sheep/core';
import { writeFileAtomic } from '@sheep/core/node';
import { stepOf } from './names.js';
import { readSmallFile } from './read-small-file.js';

/** Which of a run's checkpoints is meant: the newest, or the one with the lowest validation loss. */
export type Which = 'last' | 'best';

const fileOf = (folder: string, which: Which): string => join(folder, `${which}.json`);

/** Points at a checkpoint by one atomic rename, and sets a link for people where the system lets one. */
export async function point(folder: string, which: Which, name: string): Promise<void> {
  await writeFileAtomic(fileOf(folder, which), `${JSON.stringify({ checkpoint: name })}\n`);
  const temporary = join(folder, `.tmp-link-${which}`);
  try {
    await rm(temporary, { force: true });
    await symlink(name, temporary, 'dir');
    await rename(temporary, join(folder, which));
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Lets no pointer hold a name, before what it points at goes. */
export async function forget(folder: string, name: string): Promise<void> {
  for (const which of ['best', 'last'] as const) {
    if ((await knownPointer(folder, which)) === name) await rm(fileOf(folder, which));
  }
}

/** The name that a pointer holds; undefined where it holds none, also where it is damaged. */
async function knownPointer(folder: string, which: Which): Promise<string | undefined> {
  return pointedTo(folder, which).catch(() => undefined);
}

/**
 * The name that a pointer holds; undefined where there is none yet.
 *
 * @throws SheepError `bad-file` where it holds anything but the name of a checkpoint.
 */
export async function pointedTo(folder: string, which: Which): Promise<string | undefined> {
  const path = fileOf(folder, which);
  const text = await readSmallFile(path);
  if (text === undefined) return undefined;
  const name = nameIn(text);
  if (name !== undefined) return name;
  throw new SheepError('bad-file', {
    doing: `reading ${path}`,
    expected: 'the name of a checkpoint, as in {"checkpoint":"step-00000300"}',
    received: JSON.stringify(text.slice(0, 80)),
    remedy: 'write the name of one of the folders beside it there',
  });
}

function nameIn(text: string): string | undefined {
  try {
    const { checkpoint } = JSON.parse(text) as { checkpoint?: unknown };
    return typeof checkpoint === 'string' && stepOf(checkpoint) !== undefined ? checkpoint : undefined;
  } catch {
    return undefined;
  }
}
