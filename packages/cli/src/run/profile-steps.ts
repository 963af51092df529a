import { join } from 'node:path';
import { profileTable, profileTrace, startProfile, type BackendInUse, type Profile } from '@sheep/backend';
import type { Batch, BatchSource, Position } from '@sheep/core';
import { writeFileAtomic } from '@sheep/core/node';
import { profileFacts } from '../screen/profile-facts.js';
import type { Screen } from '../screen/screen.js';
import { RUN_FILES, type RunPlace } from './run-folder.js';

/** The first steps of a start, in which JavaScript is compiled: so many are not profiled, and so many more if there are enough. */
const WARM_UP = { least: 20, most: 100 } as const;

/** How many steps are profiled, unless the run ends before. */
export const PROFILED = 20;

/** What a profile of a run's steps is made with. */
export interface StepProfilerOptions {
  readonly backend: BackendInUse;
  readonly place: RunPlace;
  /** Steps done before this start of the program. */
  readonly startStep: number;
  /** The steps that this start is to do. */
  readonly steps: number;
  readonly screen: Screen;
}

/** Profiles steps as a run asks for their batches. */
export interface StepProfiler {
  /** The batches that the run is to be given. */
  readonly data: BatchSource;
  /** Shows the table and writes profile.json, unless that is done. */
  finish(): Promise<void>;
}

/**
 * Profiles some steps of a run. A step begins when its batch is asked for, and ends when the loop gives the event loop
 * its turn: what is done between steps, as evaluating or writing files, is not part of it.
 */
export function profileSteps(data: BatchSource, options: StepProfilerOptions): StepProfiler {
  const { backend, startStep } = options;
  const warmUp = warmUpOf(options);
  const profiles: Profile[] = [];
  let [asked, finished] = [0, false];
  const finish = async (): Promise<void> => {
    if (finished) return;
    finished = true;
    await tell(profiles, options);
  };
  // Those of the warm-up are recorded too, and forgotten: what records is JavaScript that has to be compiled as well.
  const begin = (): (() => Profile) | undefined => {
    asked += 1;
    return asked > warmUp + PROFILED ? undefined : startProfile(backend, `step ${startStep + asked}`);
  };
  const note = (end: () => Profile, step: number) => {
    const profile = end();
    if (step > warmUp) profiles.push(profile);
  };
  async function* open(from?: Position): AsyncGenerator<Batch, void, undefined> {
    let end = begin();
    try {
      for await (const batch of data.open(from)) {
        if (end) setImmediate(note, end, asked);
        end = undefined;
        yield batch;
        if (asked === warmUp + PROFILED) await finish();
        end = begin();
      }
    } finally {
      end?.();
    }
  }
  return { data: { batchesPerEpoch: data.batchesPerEpoch, open }, finish };
}

const warmUpOf = ({ steps }: StepProfilerOptions): number =>
  Math.min(Math.max(steps - PROFILED, WARM_UP.least), WARM_UP.most);

async function tell(profiles: readonly Profile[], options: StepProfilerOptions): Promise<void> {
  const { place, startStep, screen } = options;
  const before = startStep + warmUpOf(options);
  const [first] = profiles;
  if (first === undefined) {
    screen.note(`no profile: the run ended before its step ${before + 1}, the first that is profiled`);
    return;
  }
  const path = join(place.folder, RUN_FILES.profile);
  await writeFileAtomic(path, JSON.stringify(profileTrace(profiles, `sheep train: ${place.name}`)));
  const title = `Profile of steps ${before + 1} to ${before + profiles.length}`;
  screen.facts(title, profileFacts(profileTable(profiles), first.threads));
  screen.note(`${path} has every call on every thread: open it at https://ui.perfetto.dev`);
}
