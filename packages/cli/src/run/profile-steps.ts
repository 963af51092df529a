import { join } from 'node:path';
import { profileTable, profileTrace, startProfile, type BackendInUse, type Profile } from '@sheep/backend';
import type { Batch, BatchSource, Position } from '@sheep/core';
import { writeFileAtomic } from '@sheep/core/node';
import { profileFacts } from '../screen/profile-facts.js';
import type { Screen } from '../screen/screen.js';
import { RUN_FILES, type RunPlace } from './run-folder.js';

/** Steps of a start that are not profiled: until then JavaScript is still being compiled. */
const WARM_UP = 20;
const PROFILED = 20;

/** Which steps `--profile` takes, for `--help`. */
export const PROFILED_STEPS = `steps ${WARM_UP + 1} to ${WARM_UP + PROFILED} of this start`;

/** What a profile of a run's steps is made with. */
export interface StepProfilerOptions {
  readonly backend: BackendInUse;
  readonly place: RunPlace;
  /** Steps done before this start of the program. */
  readonly startStep: number;
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
  const profiles: Profile[] = [];
  let [asked, finished] = [0, false];
  const finish = async (): Promise<void> => {
    if (finished) return;
    finished = true;
    await tell(profiles, options);
  };
  const begin = (): (() => Profile) | undefined => {
    asked += 1;
    const profiled = asked > WARM_UP && asked <= WARM_UP + PROFILED;
    return profiled ? startProfile(backend, `step ${startStep + asked}`) : undefined;
  };
  async function* open(from?: Position): AsyncGenerator<Batch, void, undefined> {
    let end = begin();
    try {
      for await (const batch of data.open(from)) {
        const endThis = end;
        if (endThis) setImmediate(() => profiles.push(endThis()));
        end = undefined;
        yield batch;
        if (asked === WARM_UP + PROFILED) await finish();
        end = begin();
      }
    } finally {
      end?.();
    }
  }
  return { data: { batchesPerEpoch: data.batchesPerEpoch, open }, finish };
}

async function tell(profiles: readonly Profile[], { place, startStep, screen }: StepProfilerOptions): Promise<void> {
  const [first] = profiles;
  if (first === undefined) {
    screen.note(`no profile: the run ended before its step ${startStep + WARM_UP + 1}, the first that is profiled`);
    return;
  }
  const path = join(place.folder, RUN_FILES.profile);
  await writeFileAtomic(path, JSON.stringify(profileTrace(profiles, `sheep train: ${place.name}`)));
  const last = startStep + WARM_UP + profiles.length;
  screen.facts(
    `Profile of steps ${startStep + WARM_UP + 1} to ${last}`,
    profileFacts(profileTable(profiles), first.threads),
  );
  screen.note(`${path} has every call on every thread: open it at https://ui.perfetto.dev`);
}
