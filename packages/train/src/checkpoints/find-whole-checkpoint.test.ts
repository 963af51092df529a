import { cp, mkdtemp, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@sheep/backend';
import { disposeTree } from '@sheep/ops';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tinyModel } from '../../test/tiny-model.js';
import { tinyOptimizer } from '../../test/tiny-run.js';
import { START } from '../loop/progress.js';
import { checkpointFolder } from './checkpoint-folder.js';
import { findWholeCheckpoint } from './find-whole-checkpoint.js';
import { checkpointName } from './names.js';

describe('findWholeCheckpoint', () => {
  let original: string;
  let run: string;
  beforeAll(async () => {
    await useBackend('js');
    original = await mkdtemp(join(tmpdir(), 'sheep-whole-'));
    const store = checkpointFolder(join(original, 'checkpoints'), { keep: 9, files: { 'config.json': '{}' } });
    const params = tinyModel().init(1);
    const optimizerState = tinyOptimizer().init(params);
    for (const step of [1, 2, 3, 4]) {
      await store.save({ params, optimizerState, best: step === 2, state: { ...START, step } });
    }
    [params, optimizerState].forEach(disposeTree);
    return () => rm(original, { recursive: true });
  });
  beforeEach(async () => {
    run = await mkdtemp(join(tmpdir(), 'sheep-whole-'));
    await cp(original, run, { recursive: true, verbatimSymlinks: true });
    return () => rm(run, { recursive: true });
  });

  const at = (step: number, file = '') => join(run, 'checkpoints', checkpointName(step), file);
  const pointer = (which: string) => join(run, 'checkpoints', `${which}.json`);
  const find = async (path = run, which?: 'best') => {
    const found = await findWholeCheckpoint(path, which);
    return [found?.state.step, found?.damage.map(({ parts }) => parts.doing)] as const;
  };

  it('takes what is meant where nothing is damaged', async () => {
    expect(await findWholeCheckpoint(run)).toMatchObject({ folder: at(4), state: { step: 4 }, damage: [] });
    expect(await find(run, 'best')).toEqual([2, []]);
    expect(await find(join(run, 'checkpoints'))).toEqual([4, []]);
    expect(await find(at(3))).toEqual([3, []]);
    expect(await findWholeCheckpoint(join(run, 'elsewhere'))).toBeUndefined();
  });

  it('takes the newest that is whole for damaged ones, and names what is damaged', async () => {
    await truncate(at(4, 'model.safetensors'), 20);
    expect(await find()).toEqual([3, [`checking ${at(4, 'model.safetensors')}`]]);
    await rm(at(3, 'state.json'));
    expect(await find()).toEqual([2, [`checking ${at(4, 'model.safetensors')}`, `checking ${at(3, 'state.json')}`]]);
    await rm(at(2, 'manifest.json'));
    expect((await find())[0]).toBe(1);
    expect(await find(run, 'best')).toEqual([
      1,
      [`checking ${at(2)}`, ...[4, 3].map((step) => expect.stringContaining(at(step)) as string)],
    ]);
  });

  it.each(['', '{"checkpoint":"../../elsewhere"}', '{"checkpoint":"step-00000009"}'])(
    'takes the newest where the pointer holds %j',
    async (text) => {
      await writeFile(pointer('last'), text);
      const [step, damage] = await find();
      expect([step, damage?.length]).toEqual([4, 1]);
    },
  );

  it('takes the newest where nothing points to one, and the last where no best is known', async () => {
    await rm(pointer('last'));
    expect(await find()).toEqual([4, []]);
    await writeFile(pointer('last'), `{"checkpoint":"${checkpointName(3)}"}`);
    await rm(pointer('best'));
    expect(await find(run, 'best')).toEqual([3, []]);
  });

  it('throws the first damage where none is whole', async () => {
    for (const step of [1, 2, 3, 4]) await writeFile(at(step, 'config.json'), '[]');
    await expect(findWholeCheckpoint(run)).rejects.toMatchObject({
      code: 'bad-file',
      parts: { doing: `checking ${at(4, 'config.json')}` },
    });
    await expect(findWholeCheckpoint(at(3))).rejects.toThrow(at(3, 'config.json'));
  });

  it('does not take a manifest that passes over the weights', async () => {
    await writeFile(at(4, 'manifest.json'), '{"files":{}}');
    expect((await find())[0]).toBe(3);
  });

  it.skipIf(process.platform === 'win32')('follows no link out of the folder', async () => {
    await rename(at(4), join(run, 'outside'));
    await symlink(join(run, 'outside'), at(4));
    expect(await find()).toEqual([3, [`opening ${at(4)}`]]);
    expect(await readdir(at(4))).toContain('model.safetensors');
  });
});
