import { join } from 'node:path';
import type { StopEvent } from '@sheep/core';
import { removeLeftovers, writeFileAtomic } from '@sheep/core/node';
import type { BackendInUse } from '@sheep/backend';
import { writePlots } from '@sheep/metrics/node';
import { train, type TrainRun } from '@sheep/train';
import { stringify } from 'yaml';
import type { RunConfig } from '../config/schema.js';
import type { Io } from '../io.js';
import { openScreen } from '../screen/open-screen.js';
import type { Screen } from '../screen/screen.js';
import { openBackend } from './open-backend.js';
import { checkMemory } from './check-memory.js';
import { modelFolder } from './open-model.js';
import { findResumption, openCheckpoints, readStart, type Resumption } from './checkpoint.js';
import { completeFiles } from './complete-files.js';
import { headerFacts } from './header.js';
import { openOutputs, type RunOutputs } from './outputs.js';
import { type Plan, planRun } from './plan.js';
import { checkResume, whyFinished } from './resume.js';
import { profileSteps } from './profile-steps.js';
import { makeRunFolder, RUN_FILES, type RunPlace } from './run-folder.js';
import { type RunLock, runLock } from './run-lock.js';
import { type Settled, settle, type TrainFlags } from './settle.js';
import { exitCodeOf, onStopSignal } from './signals.js';
import { summaryFacts } from './summary.js';
import { makeOptimizer, trainOptions } from './train-options.js';
import { unwritable } from './unwritable.js';

/** What the process ends with where numbers that were not finite ended the run. */
const NOT_FINITE = 3;

type Note = (text: string) => void;

/** A run that is checked, and of which nothing is written yet. */
interface Ready {
  readonly plan: Plan;
  readonly place: RunPlace;
  readonly backend: BackendInUse;
  readonly from: Resumption | undefined;
  readonly lock: RunLock;
}

/** What the run is called and computed with, where the configuration left the choice: what a resume is held to. */
function inForce(config: RunConfig, { name }: RunPlace, backend: BackendInUse): RunConfig {
  const train = { ...config.train, precision: backend.precision ?? 'f32' };
  return { ...config, name, backend: backend.name, train };
}

/** The folder that a run's model and tokenizer are read from: the checkpoint it goes on from, or what it starts from. */
async function sourceOf({ model }: RunConfig, from: Resumption | undefined, note: Note): Promise<string | undefined> {
  return model.from === null ? undefined : (from?.folder ?? modelFolder(model.from, note));
}

async function makeReady({ config, place }: Settled, lock: RunLock, flags: TrainFlags, screen: Screen): Promise<Ready> {
  const note: Note = (text) => screen.note(text);
  const from = flags.resume ? await findResumption(join(place.folder, RUN_FILES.checkpoints), note) : undefined;
  const planned = await planRun(config, await sourceOf(config, from, note), screen);
  const backend = await openBackend({ ...config, precision: config.train.precision }, note);
  checkMemory(planned, backend, note);
  const plan = { ...planned, config: inForce(planned.config, place, backend) };
  if (flags.resume) await checkResume(place.folder, plan.config, { from, build: backend.build, note });
  screen.facts(`Training ${place.name}`, headerFacts(plan, backend, config.backend));
  return { plan, place, backend, from, lock };
}

/** Trains to the end, every event into the files and onto the screen. */
async function follow(run: TrainRun, outputs: RunOutputs, screen: Screen): Promise<StopEvent> {
  let stop: StopEvent | undefined;
  for await (const event of run) {
    await outputs.write(event);
    screen.event(event);
    if (event.type === 'stop') stop = event;
  }
  if (stop === undefined) throw new Error('the run ended without saying why');
  return stop;
}

/** Makes the folder and everything that writes into it. */
async function openRun({ plan, place, backend, from, lock }: Ready, flags: TrainFlags, screen: Screen) {
  const { config } = plan;
  const optimizer = makeOptimizer(config.train);
  const start = from && (await readStart(from, plan, optimizer));
  const extra = () => ({ metricsLength: outputs.metricsLength(), kernelBuild: backend.build, dataHash: plan.dataHash });
  const checkpoints = openCheckpoints(join(place.folder, RUN_FILES.checkpoints), plan, extra);
  const startStep = from?.state.step ?? 0;
  const steps = Math.min(plan.totalSteps, flags.stopAfter ?? Infinity) - startStep;
  const profiler = flags.profile ? profileSteps(plan.data, { backend, place, startStep, steps, screen }) : undefined;
  const given = { ...plan, data: profiler?.data ?? plan.data };
  // Makes weights and the optimizer's state: where these cannot be, no folder is made.
  const run = train(trainOptions(given, { optimizer, checkpoints, from: start, stopAfter: flags.stopAfter }));
  await makeRunFolder(place);
  await lock.take();
  await removeLeftovers(place.folder);
  // First of all files: what is killed from here on is resumed as what it was.
  await writeFileAtomic(join(place.folder, RUN_FILES.config), stringify(config));
  const outputs = await openOutputs(place.folder, flags.resume ? (from?.metricsLength ?? 0) : undefined);
  return { outputs, profiler, run };
}

async function runReady(ready: Ready, flags: TrainFlags, screen: Screen, io: Io): Promise<void> {
  const { plan, place, from } = ready;
  const { run, outputs, profiler } = await openRun(ready, flags, screen);
  const endSignals = onStopSignal(() => run.stop('signal'));
  try {
    screen.start({
      totalSteps: plan.totalSteps,
      startStep: from?.state.step ?? 0,
      startElapsed: from?.state.elapsed ?? 0,
      logEvery: plan.config.train.logEvery,
    });
    const stop = await follow(run, outputs, screen);
    if (stop.reason === 'not-finite') io.exitCode = NOT_FINITE;
    await profiler?.finish();
    await outputs.close();
    await writePlots(place.folder, outputs.history, { name: place.name });
    screen.facts(
      'Summary',
      summaryFacts({ ...plan, ...place, ...outputs, metric: plan.config.train.earlyStopping.metric, stop }),
    );
  } finally {
    const signal = endSignals();
    if (signal !== undefined) io.exitCode = exitCodeOf(signal);
  }
}

async function trainIn(settled: Settled, lock: RunLock, flags: TrainFlags, screen: Screen, io: Io): Promise<void> {
  // Before the newest checkpoint is looked for: who has the folder may be writing one.
  await lock.take();
  const ready = await makeReady(settled, lock, flags, screen);
  const { from, plan, place } = ready;
  try {
    const finished = from && whyFinished(from, plan);
    if (finished === undefined) return await runReady(ready, flags, screen, io);
    await completeFiles(place);
    screen.note(`finished: ${place.folder}: ${finished}, nothing is left to do`);
  } catch (error) {
    throw unwritable(error, place.folder);
  }
}

/**
 * `sheep train`: checks everything, then trains in a run's folder.
 *
 * @throws SheepError for bad input, before any folder is made; `in-use`; `unwritable` where the disk takes no more.
 */
export async function trainRun(flags: TrainFlags, io: Io): Promise<void> {
  const screen = openScreen(io, flags);
  try {
    const settled = await settle(flags);
    const lock = runLock(settled.place.folder, (text) => screen.note(text));
    try {
      await trainIn(settled, lock, flags, screen, io);
    } finally {
      await lock.release();
    }
  } finally {
    screen.close();
  }
}
