import { SheepError, treeToSafetensors, type Optimizer, type ParamTree, type TrainState } from '@sheep/core';
import { isLoraParameter, toHuggingFace, toPeftConfig, toPeftWeights } from '@sheep/model';
import { readModelConfig, readUnmerged } from '@sheep/model/node';
import { trainableOf, type TrainStart } from '@sheep/train';
import {
  checkpointFolder,
  damageNote,
  findWholeCheckpoint,
  readOptimizerState,
  readTrainingWeights,
} from '@sheep/train/node';
import { json, modelFiles } from './model-files.js';
import type { Plan } from './plan.js';

/** What a checkpoint of ours says besides the trainer's state. */
interface Extra {
  /** Bytes of metrics.jsonl at the time. */
  readonly metricsLength: number;
  /** What computed, since the bits depend on it. */
  readonly kernelBuild: string;
  /** SHA-256 of the tokens: another text of the same alphabet would go unnoticed. */
  readonly dataHash: string;
}

/** Where a resumed run goes on. */
export interface Resumption extends Extra {
  readonly folder: string;
  readonly state: TrainState;
}

/** Where a run's checkpoints go, with what makes each a model that others open. */
export function openCheckpoints(folder: string, { config, model, tokenizer, adapter }: Plan, extra: () => Extra) {
  const files = modelFiles(model.config, tokenizer);
  const { keepCheckpoints: keep } = config.train;
  const options = { keep, files, extra: () => ({ ...extra() }) };
  if (adapter === undefined) return checkpointFolder(folder, options);
  const adapterConfig = { 'adapter_config.json': json(toPeftConfig(adapter.names, adapter)) };
  const weights = { write: adaptedWeights, read: (path: string) => readUnmerged(path, model.config) };
  return checkpointFolder(folder, { ...options, files: { ...files, ...adapterConfig }, weights });
}

/** The base, so that the checkpoint is whole without the folder it is from, and the adapter as PEFT opens it. */
async function adaptedWeights(params: ParamTree): Promise<Record<string, Uint8Array>> {
  const base = trainableOf(params, (name) => !isLoraParameter(name));
  return {
    'model.safetensors': await treeToSafetensors(base),
    'adapter_model.safetensors': await toPeftWeights(params),
  };
}

function checkExtra(fields: Readonly<Record<string, unknown>>, folder: string): Extra {
  const { metricsLength, kernelBuild, dataHash } = fields;
  if (typeof metricsLength === 'number' && typeof kernelBuild === 'string' && typeof dataHash === 'string') {
    return { metricsLength, kernelBuild, dataHash };
  }
  throw new SheepError('bad-file', {
    doing: `resuming from ${folder}`,
    expected: 'metricsLength, kernelBuild and dataHash in its state.json',
    received: 'a checkpoint that lacks them',
    remedy: "give a run that 'sheep train' wrote, or start another with another --name",
  });
}

/**
 * The newest whole checkpoint of a run, undefined where it has none yet.
 *
 * @param note is told, in one line, where a damaged one was passed over.
 * @throws SheepError `bad-file` where none is whole.
 */
export async function findResumption(
  checkpoints: string,
  note: (text: string) => void,
): Promise<Resumption | undefined> {
  const found = await findWholeCheckpoint(checkpoints);
  if (found === undefined) return undefined;
  const passedOver = damageNote(found);
  if (passedOver !== undefined) note(passedOver);
  const { folder, state, fields } = found;
  return { folder, state, ...checkExtra(fields, folder) };
}

function otherRun(folder: string, expected: string, received: string): SheepError {
  return new SheepError('mismatch', {
    doing: `resuming from ${folder}`,
    expected,
    received,
    remedy: 'go on with the data, tokenizer and model of that run, or start another with another --name',
  });
}

/**
 * Reads the parameters and the optimizer's moments to go on from.
 *
 * @throws SheepError `mismatch` for a model of another shape or another text.
 */
export async function readStart(from: Resumption, plan: Plan, optimizer: Optimizer): Promise<TrainStart> {
  const { folder, state } = from;
  const { config } = plan.model;
  const [stored, expected] = [readModelConfig(folder), config].map(toHuggingFace);
  const key = Object.keys(expected).find((name) => JSON.stringify(stored[name]) !== JSON.stringify(expected[name]));
  if (key !== undefined) {
    const [wanted, found] = [expected, stored].map((config) => `${key} ${JSON.stringify(config[key])}`);
    throw otherRun(folder, `a model with ${wanted}`, found);
  }
  if (from.dataHash !== plan.dataHash) throw otherRun(folder, 'the text that it was trained on', 'another text');
  const params = readUnmerged(folder, config);
  await readTrainingWeights(folder, params);
  const trained = trainableOf(params, plan.trainable);
  return { state, params, optimizerState: await readOptimizerState(folder, optimizer, trained) };
}
