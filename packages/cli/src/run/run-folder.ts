import { existsSync, lstatSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { SheepError } from '@sheep/core';

/** Where a run lies and what it is called. */
export interface RunPlace {
  readonly folder: string;
  readonly name: string;
}

/** What says where a run lies. */
export interface PlaceOptions {
  /** `--out`: the folder itself. */
  readonly out?: string | undefined;
  /** The name that the user gave on the command line. */
  readonly name?: string | undefined;
  /** The configuration's name. */
  readonly defaultName: string;
}

/** The files of a run's folder. */
export const RUN_FILES = {
  config: 'config.yaml',
  metrics: 'metrics.jsonl',
  trainingMetrics: 'training_metrics.json',
  samples: 'samples.txt',
  profile: 'profile.json',
  checkpoints: 'checkpoints',
} as const;

function holdsRun(folder: string): boolean {
  return Object.values(RUN_FILES).some((name) => existsSync(join(folder, name)));
}

function taken({ folder }: RunPlace): SheepError {
  return new SheepError('exists', {
    doing: 'starting a run',
    expected: `a folder ${folder} that holds no run`,
    received: 'another run',
    remedy: 'go on with that one by --resume, or give another --name or --out',
  });
}

function checkFolder(place: RunPlace): RunPlace {
  const stats = statSync(place.folder, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return place;
  throw new SheepError('exists', {
    doing: 'starting a run',
    expected: `a folder at ${place.folder}`,
    received: 'a file',
    remedy: 'give another --name or --out',
  });
}

// With a slash on every system, so that the commands that are shown to the user are the same.
const inRuns = (name: string): string => `runs/${name}`;

/** The place that the options mean, whether or not it is taken. */
export function givenPlace({ out, name, defaultName }: PlaceOptions): RunPlace {
  const folder = out ?? inRuns(name ?? defaultName);
  return { folder, name: name ?? (out === undefined ? defaultName : basename(resolve(out))) };
}

/**
 * Where a new run goes: where the user says, or the default name, with a number where that is taken.
 *
 * @throws SheepError `exists` where the user's choice holds another run.
 */
export function newPlace(options: PlaceOptions): RunPlace {
  const place = givenPlace(options);
  if (options.out !== undefined || options.name !== undefined) {
    if (holdsRun(checkFolder(place).folder)) throw taken(place);
    return place;
  }
  for (let number = 2, next = place; ; number += 1) {
    if (!existsSync(next.folder)) return next;
    const name = `${place.name}-${number}`;
    next = { name, folder: inRuns(name) };
  }
}

/** A run from a stranger could have us write anywhere through a link. */
function refuseLinks(place: RunPlace): RunPlace {
  const paths = Object.values(RUN_FILES).map((name) => join(place.folder, name));
  const link = paths.find((path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink());
  if (link === undefined) return place;
  throw new SheepError('bad-file', {
    doing: 'resuming the run',
    expected: `${link} itself in its place`,
    received: 'a link, which may lead anywhere',
    remedy: 'put what it leads to in its place',
  });
}

/**
 * The place of a run to go on with.
 *
 * @throws SheepError `exists` where a file is in its place, `bad-file` where what it writes to is a link.
 */
export function resumedPlace(options: PlaceOptions): RunPlace {
  return refuseLinks(checkFolder(givenPlace(options)));
}

/** Makes the folder of a run. */
export async function makeRunFolder({ folder }: RunPlace): Promise<void> {
  await mkdir(join(folder, RUN_FILES.checkpoints), { recursive: true });
}
