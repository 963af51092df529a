import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@sheep/backend';
import { treeToSafetensors, type ParamTree } from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tinyModel } from '../../test/tiny-model.js';
import { tinyOptimizer } from '../../test/tiny-run.js';
import { loadCheckpoint, saveCheckpoint } from './save-checkpoint.js';

const bytes = async (tree: ParamTree) => Buffer.from(await treeToSafetensors(tree));

/** The trees of two players. */
function players(seed: number): Record<'params' | 'writer' | 'judge', ParamTree> {
  const judge = tinyModel().init(seed);
  return { params: tinyModel().init(seed + 10), judge, writer: tinyOptimizer().init(judge) };
}

describe('the checkpoints of a loop of its own', () => {
  let folder: string;

  beforeAll(() => useBackend('js'));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sheep-loop-'));
    return () => rm(folder, { recursive: true });
  });

  it('give several trees and a state back, and leave no tensor', async () => {
    const saved = players(1);
    const state = { position: { epoch: 2, batch: 3 }, lesson: 'short' };
    const path = await saveCheckpoint(folder, { step: 7, trees: saved, state, files: { 'config.json': '{}' } });
    expect((await readdir(path)).sort()).toEqual([
      'config.json',
      'judge.safetensors',
      'manifest.json',
      'model.safetensors',
      'state.json',
      'writer.safetensors',
    ]);
    const trees = players(2);
    const before = memory().numTensors;
    expect(await loadCheckpoint(folder, trees)).toEqual({ step: 7, state, folder: path });
    for (const name of ['params', 'writer', 'judge'] as const) {
      expect([name, await bytes(trees[name])]).toEqual([name, await bytes(saved[name])]);
    }
    expect(memory().numTensors).toBe(before);
    [...Object.values(saved), ...Object.values(trees)].forEach(disposeTree);
  });

  it('are none at first: the trees stay as they are', async () => {
    const { params } = players(1);
    const before = await bytes(params);
    expect(await loadCheckpoint(join(folder, 'none'), { params })).toBeUndefined();
    expect(await bytes(params)).toEqual(before);
    disposeTree(params);
  });

  it('stay as many as asked for, the best besides, and the newest is loaded', async () => {
    const { params } = players(1);
    for (const step of [1, 2, 3, 4])
      await saveCheckpoint(folder, { step, trees: { params }, keep: 2, best: step === 1 });
    const steps = (await readdir(folder)).filter((name) => name.startsWith('step-')).sort();
    expect(steps.map((name) => Number(name.slice(5)))).toEqual([1, 3, 4]);
    expect(await loadCheckpoint(folder, { params })).toMatchObject({ step: 4, state: null });
    disposeTree(params);
  });

  it('give the newest that is whole, and a note, where a newer one is damaged', async () => {
    const { params } = players(1);
    for (const step of [1, 2]) await saveCheckpoint(folder, { step, trees: { params }, state: step });
    await writeFile(join(folder, 'step-00000002', 'model.safetensors'), 'x');
    const note = expect.stringMatching(
      /model\.safetensors: .*; taking .*step-00000001, the newest that is whole$/,
    ) as string;
    expect(await loadCheckpoint(folder, { params })).toMatchObject({ step: 1, state: 1, note });
    disposeTree(params);
  });

  it('are refused where all are damaged, of another shape, or of a run', async () => {
    const { params, judge } = players(1);
    const path = await saveCheckpoint(folder, { step: 1, trees: { params } });
    const before = await bytes(judge);
    const other = { params: { ...judge, more: params.bias } };
    await expect(loadCheckpoint(folder, other)).rejects.toThrow(/model\.safetensors: expected 4 tensors, received 3/);
    await expect(loadCheckpoint(folder, { judge })).rejects.toThrow(/judge\.safetensors/);
    const file = join(path, 'model.safetensors');
    const stored = await readFile(file);
    stored[stored.length - 1] ^= 1;
    await writeFile(file, stored);
    await expect(loadCheckpoint(folder, { params: judge })).rejects.toThrow(/model\.safetensors/);
    expect(await bytes(judge)).toEqual(before);
    [params, judge].forEach(disposeTree);
  });
});
