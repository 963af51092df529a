import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@sheep/backend';
import { readSafetensors, type Checkpoint } from '@sheep/core';
import { verifyManifest } from '@sheep/core/node';
import { disposeTree } from '@sheep/ops';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tinyModel } from '../../test/tiny-model.js';
import { tinyOptimizer } from '../../test/tiny-run.js';
import { START } from '../loop/progress.js';
import { checkpointFolder, type CheckpointFolderOptions } from './checkpoint-folder.js';
import { findCheckpoint, readCheckpoint } from './read-checkpoint.js';

const name = (step: number): string => `step-${String(step).padStart(8, '0')}`;

describe('checkpointFolder', () => {
  let run: string;
  let folder: string;
  let trees: Pick<Checkpoint, 'params' | 'optimizerState'>;

  beforeAll(async () => {
    await useBackend('js');
    const params = tinyModel().init(1);
    trees = { params, optimizerState: tinyOptimizer().init(params) };
    return () => Object.values(trees).forEach(disposeTree);
  });
  beforeEach(async () => {
    run = await mkdtemp(join(tmpdir(), 'sheep-checkpoints-'));
    folder = join(run, 'checkpoints');
    return () => rm(run, { recursive: true });
  });

  const open = (options: Partial<CheckpointFolderOptions> = {}) =>
    checkpointFolder(folder, { keep: 2, files: {}, ...options });
  const save = (step: number, best = false, store = open()) =>
    store.save({ ...trees, best, state: { ...START, step } });
  const pointer = async (which: string) => JSON.parse(await readFile(join(folder, `${which}.json`), 'utf8')) as unknown;
  const steps = async () => (await readdir(folder)).filter((entry) => entry.startsWith('step-')).sort();

  it('lays a checkpoint out as a Hugging Face folder with what a run needs, and points to it', async () => {
    const files = { 'config.json': '{"n_embd":6}', 'tokenizer.json': '{"model":{}}' };
    const path = await save(300, true, open({ files, extra: () => ({ kernelBuild: 'js 4.22', metricsLength: 77 }) }));
    expect(path).toBe(join(folder, 'step-00000300'));
    expect((await readdir(path)).sort()).toEqual([
      'config.json',
      'manifest.json',
      'model.safetensors',
      'optimizer.safetensors',
      'state.json',
      'tokenizer.json',
    ]);
    await verifyManifest(path);
    expect(await readFile(join(path, 'config.json'), 'utf8')).toBe('{"n_embd":6}');
    const state = JSON.parse(await readFile(join(path, 'state.json'), 'utf8')) as unknown;
    expect(state).toEqual({ ...START, step: 300, kernelBuild: 'js 4.22', metricsLength: 77 });
    expect(await pointer('last')).toEqual({ checkpoint: 'step-00000300' });
    expect(await pointer('best')).toEqual({ checkpoint: 'step-00000300' });
  });

  it('restores the newest into trees, in place, and an older one, with a note, where it is damaged', async () => {
    const other = tinyModel().init(2);
    const into = { params: other, optimizerState: tinyOptimizer().init(other) };
    const values = () => Object.values(into.params).map((tensor) => [...tensor.dataSync()]);
    const [before, live] = [values(), memory().numTensors];
    expect(await open().restore!(into)).toBeUndefined();
    expect(values()).toEqual(before);
    await save(1);
    expect(await open().restore!(into)).toEqual({ state: { ...START, step: 1 } });
    expect(values()).toEqual(Object.values(trees.params).map((tensor) => [...tensor.dataSync()]));
    expect(memory().numTensors).toBe(live);
    await save(2);
    await writeFile(join(folder, name(2), 'model.safetensors'), 'x');
    const note = expect.stringMatching(
      /model\.safetensors: .*taking .*step-00000001, the newest that is whole$/,
    ) as string;
    expect(await open().restore!(into)).toEqual({ state: { ...START, step: 1 }, note });
    await writeFile(join(folder, name(1), 'model.safetensors'), 'x');
    await expect(open().restore!(into)).rejects.toThrow('model.safetensors');
    Object.values(into).forEach(disposeTree);
  });

  it('keeps the values of both trees', async () => {
    const path = await save(1);
    const { tensors } = readSafetensors(await readFile(join(path, 'model.safetensors')));
    for (const [key, tensor] of Object.entries(trees.params)) {
      expect(tensors.get(key)?.shape).toEqual(tensor.shape);
      expect(tensors.get(key)?.data).toEqual(await tensor.data());
    }
    const moments = readSafetensors(await readFile(join(path, 'optimizer.safetensors'))).tensors;
    expect([...moments.keys()].sort()).toEqual(Object.keys(trees.optimizerState).sort());
  });

  it.skipIf(process.platform === 'win32')('sets links for people', async () => {
    await save(1, true);
    await save(2);
    expect(await readlink(join(folder, 'last'))).toBe(name(2));
    expect(await readlink(join(folder, 'best'))).toBe(name(1));
    expect((await readdir(folder)).filter((entry) => entry.startsWith('.'))).toEqual([]);
  });

  it('keeps the newest few and the best, however old', async () => {
    for (const step of [1, 2, 3, 4, 5]) await save(step, step === 2);
    expect(await steps()).toEqual([2, 4, 5].map(name));
    await save(6, true);
    expect(await steps()).toEqual([5, 6].map(name));
    await save(7, false, open({ keep: 1 }));
    expect(await steps()).toEqual([6, 7].map(name));
  });

  it('takes the number of a step beyond eight digits for what it is', async () => {
    for (const step of [99_999_998, 99_999_999, 100_000_000]) await save(step);
    expect(await steps()).toEqual(['step-100000000', 'step-99999999']);
  });

  it('removes what a killed write left, and nothing else', async () => {
    await mkdir(join(folder, '.tmp-step-00000001-0123456789abcdef'), { recursive: true });
    await writeFile(join(folder, '.tmp-last.json-0123456789abcdef'), '{');
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await save(1);
    const entries = await readdir(folder);
    expect(entries.filter((entry) => entry.startsWith('.'))).toEqual([]);
    expect(entries).toContain('notes.txt');
  });

  it('writes a step again that was whole but not pointed to when the run was killed', async () => {
    await save(1);
    const killed = join(folder, name(2));
    await mkdir(killed);
    await writeFile(join(killed, 'state.json'), 'of the killed attempt');
    expect(await findCheckpoint(run)).toBe(join(folder, name(1)));
    await save(2);
    expect(await findCheckpoint(run)).toBe(killed);
    expect((await readCheckpoint(killed)).state.step).toBe(2);
  });

  it('lets best point to nothing rather than to what is being replaced', async () => {
    // Killed after best was set and before last was: the run goes on from step 1 and comes to step 2 again.
    await save(1);
    await save(2, true);
    await writeFile(join(folder, 'last.json'), `{"checkpoint":"${name(1)}"}`);
    const failing = open({ files: { '../outside': '' } });
    await expect(save(2, true, failing)).rejects.toThrow('expected a plain file name');
    await expect(lstat(join(folder, name(2)))).rejects.toThrow('ENOENT');
    expect(await findCheckpoint(run, 'best')).toBeUndefined();
    expect(await findCheckpoint(run)).toBe(join(folder, name(1)));
    await save(2, true);
    expect(await findCheckpoint(run, 'best')).toBe(join(folder, name(2)));
  });

  it('leaves the run as it was where a checkpoint cannot be written', async () => {
    await save(1, true);
    await expect(save(2, true, open({ files: { '../outside': '' } }))).rejects.toThrow('expected a plain file name');
    expect(await steps()).toEqual([name(1)]);
    expect([await pointer('last'), await pointer('best')]).toEqual([{ checkpoint: name(1) }, { checkpoint: name(1) }]);
    expect(await readdir(run)).toEqual(['checkpoints']);
  });
});
