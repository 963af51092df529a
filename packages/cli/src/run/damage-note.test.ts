import { copyFile, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateStories } from '@sheep/data';
import { beforeEach, describe, expect, it } from 'vitest';
import { inEmptyFolder, lastCheckpoint, runMain, TINY_CONFIG } from '../../test/run-main.js';

const train = (...options: string[]) => runMain('train', '--config', 'tiny.yaml', ...options);
const generate = (checkpoint: string) => runMain('generate', '--checkpoint', checkpoint, '--prompt', 'a');
const weights = async (run: string) => readFile(join(await lastCheckpoint(run), 'model.safetensors'));

describe('a run whose newest checkpoint is damaged', () => {
  inEmptyFolder();
  beforeEach(async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
    await train('--stop-after', '24');
    await truncate('runs/tiny/checkpoints/step-00000024/model.safetensors', 5000);
  });

  it('goes on from the one before to the bytes of a run that went through, and says so in one line', async () => {
    const { code, stdout } = await train('--resume');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^checking .*step-00000024.*model\.safetensors: expected \d+ bytes, received 5000; taking .*step-00000012, the newest that is whole$/m,
    );
    await train('--name', 'through');
    expect(await weights('runs/tiny')).toEqual(await weights('runs/through'));
    const steps = (await readFile('runs/tiny/metrics.jsonl', 'utf8')).matchAll(/^\{"type":"step","step":(\d+),/gm);
    expect(Array.from(steps, ([, step]) => Number(step))).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });

  it('generates with the one before, and does not where the damaged one is named', async () => {
    const { code, stdout, stderr } = await generate('runs/tiny');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^checking [^\n]*; taking [^\n]*step-00000012, the newest that is whole\n$/);
    expect((await generate('runs/tiny/checkpoints/step-00000012')).stdout).toBe(stdout);
    const refused = await generate('runs/tiny/checkpoints/step-00000024');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^sheep: checking .*model\.safetensors: expected \d+ bytes, received 5000; [^\n]+\n$/,
    );
    await rm('runs/tiny/checkpoints/step-00000012/manifest.json');
    expect(await generate('runs/tiny/checkpoints/step-00000012')).toMatchObject({ code: 2, stdout: '' });
  });

  it.skipIf(process.platform === 'win32')(
    'is not gone on with where a link would have us write elsewhere',
    async () => {
      await copyFile('book.txt', 'mine.txt');
      await rename('runs/tiny/samples.txt', 'samples.txt');
      await symlink('../../mine.txt', 'runs/tiny/samples.txt');
      const { code, stderr } = await train('--resume');
      expect(code).toBe(2);
      expect(stderr).toMatch(/^sheep: resuming the run: expected .*samples\.txt itself in its place, received a link/);
      expect(await readFile('mine.txt')).toEqual(await readFile('book.txt'));
    },
  );
});

describe('a run that was killed after its last checkpoint', () => {
  inEmptyFolder();

  it('has its pictures and arrays after a resume, which finds nothing else to do', async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
    await train('--max-steps', '6');
    const names = ['training_curve.png', 'loss_by_epoch.png', 'monitoring.png', 'training_metrics.json'];
    const before = await Promise.all(names.map((name) => readFile(join('runs/tiny', name))));
    for (const name of names) await rm(join('runs/tiny', name));
    await writeFile('runs/tiny/.tmp-monitoring.png-0123456789abcdef', 'half of it');
    const { code, stdout } = await train('--max-steps', '6', '--resume');
    expect([code, stdout]).toEqual([0, expect.stringContaining('finished: runs/tiny: reached 6 steps')]);
    expect(await Promise.all(names.map((name) => readFile(join('runs/tiny', name))))).toEqual(before);
    expect((await readdir('runs/tiny')).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
