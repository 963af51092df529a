import { appendFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@sheep/backend';
import type { Optimizer, ParamTree } from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { fill, memory, tensor, tidy, variable } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tinyModel } from '../../test/tiny-model.js';
import { START } from '../loop/progress.js';
import { adamw } from '../optimizers/adamw.js';
import { checkpointFolder } from './checkpoint-folder.js';
import { findCheckpoint, readCheckpoint } from './read-checkpoint.js';
import { readOptimizerState } from './read-optimizer-state.js';

const optimizer = adamw();
const state = { ...START, step: 4, elapsed: 1.5, best: { step: 2, value: 0.5 }, evaluated: { step: 4, loss: 0.75 } };

describe('a checkpoint', () => {
  let params: ParamTree;
  let optimizerState: ParamTree;
  let run: string;
  let checkpoints: string;
  let path: string;

  beforeAll(async () => {
    await useBackend('js');
    params = tinyModel().init(1);
    optimizerState = optimizer.init(params);
    Object.values(optimizerState).forEach((moment, i) => tidy(() => moment.assign(fill(moment.shape, i + 0.1))));
    return () => [params, optimizerState].forEach(disposeTree);
  });
  beforeEach(async () => {
    run = await mkdtemp(join(tmpdir(), 'sheep-checkpoints-'));
    checkpoints = join(run, 'checkpoints');
    const store = checkpointFolder(checkpoints, { keep: 2, files: {}, extra: () => ({ metricsLength: 77 }) });
    path = await store.save({ state, params, optimizerState, best: true });
    return () => rm(run, { recursive: true });
  });

  it('is found from its run, from the folder of checkpoints and from itself', async () => {
    for (const place of [run, checkpoints, path]) {
      expect([await findCheckpoint(place), await findCheckpoint(place, 'best')]).toEqual([path, path]);
    }
    expect(await findCheckpoint(join(run, 'elsewhere'))).toBeUndefined();
    expect(await findCheckpoint(join(path, 'state.json'))).toBeUndefined();
  });

  it('gives back the state, and what was added to it apart', async () => {
    const read = await readCheckpoint(path);
    expect(read.state).toEqual(state);
    expect(read.fields).toEqual({ ...state, metricsLength: 77 });
  });

  it('gives back the moments to the bit', async () => {
    const before = memory().numTensors;
    const read = await readOptimizerState(path, optimizer, params);
    expect(Object.keys(read)).toEqual(Object.keys(optimizerState));
    for (const [name, moment] of Object.entries(read)) {
      expect(await moment.data()).toEqual(await optimizerState[name].data());
    }
    disposeTree(read);
    expect(memory().numTensors).toBe(before);
  });

  it.each(['model.safetensors', 'optimizer.safetensors', 'state.json'])('that is damaged names %s', async (file) => {
    const size = 10;
    await truncate(join(path, file), size);
    await expect(readCheckpoint(path)).rejects.toThrow(join(path, file));
    await expect(readCheckpoint(path)).rejects.toMatchObject({ code: 'bad-file', parts: { received: String(size) } });
    await rm(join(path, file));
    await expect(readCheckpoint(path)).rejects.toMatchObject({ code: 'bad-file', parts: { received: 'no file' } });
  });

  it('without a manifest is none of ours', async () => {
    await rm(join(path, 'manifest.json'));
    await expect(readCheckpoint(path)).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    '{"checkpoint":"../../elsewhere"}',
    '{"checkpoint":"step-00000004/../../x"}',
    '{"checkpoint":"/step-00000004"}',
    '{"checkpoint":4}',
    'null',
    '',
    'step-00000004',
  ])('is not looked for where the pointer holds %j', async (text) => {
    await writeFile(join(checkpoints, 'last.json'), text);
    await expect(findCheckpoint(run)).rejects.toMatchObject({
      code: 'bad-file',
      parts: { doing: `reading ${join(checkpoints, 'last.json')}`, received: JSON.stringify(text) },
    });
  });

  it('is not taken as absent where the pointer cannot be read', async () => {
    await rm(join(checkpoints, 'last.json'));
    await mkdir(join(checkpoints, 'last.json'));
    await expect(findCheckpoint(run)).rejects.toMatchObject({ code: 'bad-file' });
  });

  it('is not read where a pointer is too large to be one', async () => {
    await appendFile(join(checkpoints, 'last.json'), ' '.repeat(1_000_000));
    await expect(findCheckpoint(run)).rejects.toMatchObject({ code: 'bad-file' });
  });

  const refusal = async (given: Optimizer, tree: ParamTree) => {
    const before = memory().numTensors;
    const error = await readOptimizerState(path, given, tree).then(disposeTree, (reason: unknown) => reason);
    expect(memory().numTensors).toBe(before);
    return error;
  };

  describe('gives no moments', () => {
    it('to a model of another shape', async () => {
      const other = { ...params, bias: variable(tensor([1, 2])) };
      expect(await refusal(optimizer, other)).toMatchObject({
        code: 'mismatch',
        parts: { expected: 'first/bias of shape [2]', received: 'shape [6]' },
      });
      other.bias.dispose();
    });

    it('to a model with other names', async () => {
      const { bias, ...rest } = params;
      expect(await refusal(optimizer, { ...rest, other: bias })).toMatchObject({
        code: 'mismatch',
        parts: { expected: 'first/other of shape [6]', received: 'none of that name' },
      });
      expect(await refusal(optimizer, rest)).toMatchObject({
        code: 'mismatch',
        parts: { expected: '4 tensors', received: '6' },
      });
    });

    it('where they are not there, or not safetensors', async () => {
      await writeFile(join(path, 'optimizer.safetensors'), 'text instead');
      expect(await refusal(optimizer, params)).toMatchObject({ code: 'bad-file' });
      await rm(join(path, 'optimizer.safetensors'));
      expect(await refusal(optimizer, params)).toMatchObject({ code: 'not-found', parts: { received: 'none' } });
    });
  });
});
