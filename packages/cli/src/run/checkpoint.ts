import { SheepError, type Optimizer, type TrainState } from '@sheep/core';
import { toHuggingFace } from '@sheep/model';
import { readModelFolder } from '@sheep/model/node';
import type { TrainStart } from '@sheep/train';
import { checkpointFolder, findCheckpoint, readCheckpoint, readOptimizerState } from '@sheep/train/node';
import type { Plan } from './plan.js';

/** What a checkpoint of ours says besides the trainer's state. */
interface Extra {
  /** Bytes of metrics.jsonl at the time. */
  readonly metricsLength: number;
  /** What computed, since the bits depend on it. */
  readonly kernelBuild: string;
}

/** Where a resumed run goes on. */
export interface Resumption extends Extra {
  readonly folder: string;
  readonly state: TrainState;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Where a run's checkpoints go, with what makes each a model that others open. */
export function openCheckpoints(folder: string, { config, model, tokenizer }: Plan, extra: () => Extra) {
  const files = { 'config.json': json(toHuggingFace(model.config)), 'tokenizer.json': json(tokenizer.toJSON()) };
  return checkpointFolder(folder, { keep: config.train.keepCheckpoints, files, extra: () => ({ ...extra() }) });
}

function checkExtra(fields: Readonly<Record<string, unknown>>, folder: string): Extra {
  const { metricsLength, kernelBuild } = fields;
  if (typeof metricsLength === 'number' && typeof kernelBuild === 'string') return { metricsLength, kernelBuild };
  throw new SheepError('bad-file', {
    doing: `resuming from ${folder}`,
    expected: 'metricsLength and kernelBuild in its state.json',
    received: 'a checkpoint that lacks them',
    remedy: "give a run that 'sheep train' wrote, or start another with another --name",
  });
}

/**
 * The newest whole checkpoint of a run, undefined where it has none yet.
 *
 * @throws SheepError `bad-file` where it is damaged.
 */
export async function findResumption(checkpoints: string): Promise<Resumption | undefined> {
  const folder = await findCheckpoint(checkpoints, 'last');
  if (folder === undefined) return undefined;
  const { state, fields } = await readCheckpoint(folder);
  return { folder, state, ...checkExtra(fields, folder) };
}

/** Reads the parameters and the optimizer's moments to go on from. @throws SheepError `mismatch` for another shape. */
export async function readStart({ folder, state }: Resumption, plan: Plan, optimizer: Optimizer): Promise<TrainStart> {
  const { model, params } = await readModelFolder(folder);
  const [stored, expected] = [toHuggingFace(model.config), toHuggingFace(plan.model.config)];
  const key = Object.keys(expected).find((name) => JSON.stringify(stored[name]) !== JSON.stringify(expected[name]));
  if (key !== undefined) {
    throw new SheepError('mismatch', {
      doing: `resuming from ${folder}`,
      expected: `a model with ${key} ${JSON.stringify(expected[key])}`,
      received: `${key} ${JSON.stringify(stored[key])}`,
      remedy: 'go on with the data, tokenizer and model of that run, or start another with another --name',
    });
  }
  return { state, params, optimizerState: await readOptimizerState(folder, optimizer, params) };
}
