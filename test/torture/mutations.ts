import { deepStrictEqual, strictEqual } from 'node:assert';
import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@sheep/backend';
import { SheepError, treeToSafetensors } from '@sheep/core';
import { sha256 } from '@sheep/core/node';
import { gpt, toHuggingFace } from '@sheep/model';
import { readModelFolder } from '@sheep/model/node';
import { disposeTree } from '@sheep/ops';
import { charTokenizer } from '@sheep/tokenizer';
import { adamw } from '@sheep/train';
import { checkpointFolder, findWholeCheckpoint, readOptimizerState } from '@sheep/train/node';
import { readConfigFile } from '../../packages/cli/src/config/read.js';
import { resolveConfig } from '../../packages/cli/src/config/resolve.js';
import { tokenizerOfModel } from '../../packages/cli/src/run/open-tokenizer.js';
import { damageBytes, damageFile, randomOf } from './damage.js';

/** What to damage how often. */
export interface MutationOptions {
  readonly count: number;
  readonly seed: number;
  /** An empty folder to do it in. */
  readonly folder: string;
}

/** What came of it. */
export interface MutationFigures {
  /** How many trials ended how: a typed error by its code, or what was loaded. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowestMilliseconds: number;
  /** The most that the resident set grew over what it was after the first hundred. */
  readonly grownMegabytes: number;
}

/** Runs trials one after the other. @throws whatever a trial throws that is no `SheepError`. */
async function measure(count: number, trial: (index: number) => Promise<string>): Promise<MutationFigures> {
  const outcomes: Record<string, number> = {};
  let [slowest, settled, largest] = [0, Infinity, 0];
  for (let i = 0; i < count; i += 1) {
    const start = performance.now();
    const outcome = await trial(i).catch((error: unknown) => {
      if (error instanceof SheepError) return `refused: ${error.code}`;
      throw new Error(`trial ${i} gave an error that is not typed`, { cause: error });
    });
    slowest = Math.max(slowest, performance.now() - start);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    largest = Math.max(largest, process.memoryUsage.rss());
    if (i === Math.min(99, count - 1)) settled = largest;
  }
  const grownMegabytes = Math.round((largest - settled) / 1e6);
  return { outcomes, slowestMilliseconds: Math.round(slowest), grownMegabytes };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const NAMES = ['step-00000001', 'step-00000002'] as const;

/** A run with two checkpoints, the second the last and the best; returns the SHA-256 of the weights of both. */
async function makeCheckpoints(folder: string): Promise<Readonly<Record<string, string>>> {
  const tokenizer = charTokenizer(['a text of some letters']);
  const sizes = { contextLength: 8, layerCount: 1, headCount: 1, embeddingSize: 8, feedForwardSize: 16, dropout: 0 };
  const model = gpt({ vocabSize: tokenizer.vocabSize, ...sizes });
  const files = { 'config.json': json(toHuggingFace(model.config)), 'tokenizer.json': json(tokenizer.toJSON()) };
  const store = checkpointFolder(folder, { keep: 2, files });
  const hashes: Record<string, string> = {};
  for (const [i, name] of NAMES.entries()) {
    const step = i + 1;
    const params = model.init(step);
    const optimizerState = adamw().init(params);
    const loss = 1 / step;
    const position = { epoch: 0, batch: step };
    const health = { skips: 0, rewinds: 0, learningRateScale: 1, passedOver: [] };
    const nothing = { rules: {}, advised: [], health, epochLoss: { sum: 0, count: 0 }, tokens: 0, elapsed: 0 };
    const state = { step, position, best: { step, value: loss }, evaluated: { step, loss }, ...nothing };
    await store.save({ state, params, optimizerState, best: true });
    hashes[name] = sha256(await treeToSafetensors(params));
    [params, optimizerState].forEach(disposeTree);
  }
  return hashes;
}

/** Everything that goes on with a run, or uses its model, does to a checkpoint. */
async function load(run: string): Promise<{ name: string; hash: string }> {
  const { folder } = (await findWholeCheckpoint(run))!;
  const { model, params } = await readModelFolder(folder);
  try {
    disposeTree(await readOptimizerState(folder, adamw(), params));
    await tokenizerOfModel(folder, model.config.vocabSize);
    return { name: folder.slice(-NAMES[0].length), hash: sha256(await treeToSafetensors(params)) };
  } finally {
    disposeTree(params);
  }
}

/** Makes a manifest fit what is there, as someone would who means harm. */
async function coverUp(folder: string): Promise<void> {
  const files: Record<string, unknown> = {};
  for (const name of await readdir(folder)) {
    if (!(await stat(join(folder, name))).isFile() || name === 'manifest.json') continue;
    const content = await readFile(join(folder, name));
    files[name] = { bytes: content.length, sha256: sha256(content) };
  }
  await rm(join(folder, 'manifest.json'), { recursive: true, force: true });
  await writeFile(join(folder, 'manifest.json'), json({ files }));
}

/**
 * Damages the newest checkpoint of a run, or what points to it, and loads the run. Damage must be found and the older
 * checkpoint taken; where the manifest was made to fit the damage, anything but a crash, a hang or an error without type will do.
 *
 * @throws Error where weights are not those of the checkpoint that they are said to be of, or an error is not typed.
 */
export async function mutateCheckpoints({ count, seed, folder }: MutationOptions): Promise<MutationFigures> {
  await useBackend('js');
  const [whole, run] = [join(folder, 'whole'), join(folder, 'damaged')];
  const hashes = await makeCheckpoints(whole);
  return measure(count, async (i) => {
    await rm(run, { recursive: true, force: true });
    await cp(whole, run, { recursive: true, verbatimSymlinks: true });
    const random = randomOf(seed, i);
    const covered = i % 2 === 1;
    const target = covered || random() < 0.9 ? join(run, NAMES[1]) : run;
    await damageFile(target, random);
    if (covered) await coverUp(target);
    const { name, hash } = await load(run);
    if (!covered) strictEqual(hash, hashes[name], `weights of trial ${i}`);
    return `${covered ? 'fitting manifest, ' : ''}loaded ${name === NAMES[1] ? 'the newest' : 'the older'}`;
  });
}

/**
 * Damages a recipe and reads it. What is taken must be a configuration: written out, as JSON, which YAML contains, and read again it is the same.
 *
 * @throws Error where it is not, or an error is not typed.
 */
export async function mutateConfigs({ count, seed, folder }: MutationOptions): Promise<MutationFigures> {
  const recipe = await readFile(fileURLToPath(new URL('../../examples/recipes/nano-stories.yaml', import.meta.url)));
  const path = join(folder, 'config.yaml');
  const read = async () => resolveConfig([await readConfigFile(path)]);
  return measure(count, async (i) => {
    await writeFile(path, damageBytes(recipe, randomOf(seed + 1, i)));
    const config = await read();
    await writeFile(path, JSON.stringify(config));
    deepStrictEqual(await read(), config, `configuration of trial ${i}`);
    return 'taken';
  });
}
