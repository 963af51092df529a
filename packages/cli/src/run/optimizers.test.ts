import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateStories } from '@sheep/data';
import { optimizerKinds } from '@sheep/train';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { inEmptyFolder, lastCheckpoint, runMain, TINY_CONFIG } from '../../test/run-main.js';

const train = (...options: string[]) => runMain('train', '--config', 'tiny.yaml', ...options);
const bytesOf = async (run: string, file: string) => readFile(join(await lastCheckpoint(run), file));
const optimizer = (value: string) => ['--set', `train.optimizer=${value}`];

const names = '[transformer.wte.weight, transformer.wpe.weight]';
const grouped = (decay: number) =>
  optimizer(`{ kind: lion, averageDecay: 0.9, groups: [{ match: ${names}, weightDecay: ${decay} }] }`);

describe('sheep train with an optimizer of the configuration', () => {
  inEmptyFolder();

  beforeEach(async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
  });

  it.each(optimizerKinds)('learns by %s', async (kind) => {
    expect(await train(...optimizer(`{ kind: ${kind} }`))).toMatchObject({ code: 0, stderr: '' });
    const metrics = JSON.parse(await readFile('runs/tiny/training_metrics.json', 'utf8')) as { train_loss: number[] };
    expect(metrics.train_loss[29]).toBeLessThan(metrics.train_loss[0] - 0.3);
    const { train: trained } = parse(await readFile('runs/tiny/config.yaml', 'utf8')) as {
      train: { optimizer: object };
    };
    expect(trained.optimizer).toMatchObject({ kind, groups: [], averageDecay: null });
  });

  it('goes on with groups and averages to the same bytes, and refuses other groups', async () => {
    expect(await train(...grouped(0), '--name', 'through')).toMatchObject({ code: 0, stderr: '' });
    await train(...grouped(0), '--name', 'paused', '--stop-after', '18');
    expect(await runMain('train', '--resume', '--out', 'runs/paused')).toMatchObject({ code: 0, stderr: '' });
    for (const file of ['model.safetensors', 'training.safetensors', 'optimizer.safetensors']) {
      expect(await bytesOf('runs/paused', file)).toEqual(await bytesOf('runs/through', file));
    }
    expect(await readFile('runs/paused/samples.txt')).toEqual(await readFile('runs/through/samples.txt'));

    // They differ far behind what a message shows of them.
    const refused = await train(...grouped(0.5), '--resume', '--name', 'paused');
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toMatch(/^sheep: resuming the run: expected train\.optimizer\.groups \[[^\n]+\n$/);
  });

  it('publishes averages that differ from the weights, and validates by them', async () => {
    const never = ['--set', 'train.earlyStopping.patience=null'];
    await train('--name', 'plain', ...never);
    await train('--name', 'averages', '--set', 'train.optimizer.averageDecay=0.5', ...never);
    expect(await bytesOf('runs/averages', 'training.safetensors')).toEqual(
      await bytesOf('runs/plain', 'model.safetensors'),
    );
    expect(await bytesOf('runs/averages', 'model.safetensors')).not.toEqual(
      await bytesOf('runs/plain', 'model.safetensors'),
    );
    expect(await readdir(await lastCheckpoint('runs/plain'))).not.toContain('training.safetensors');
    const [plain, averages] = await Promise.all(
      ['plain', 'averages'].map(async (run) => JSON.parse(await readFile(`runs/${run}/training_metrics.json`, 'utf8'))),
    ) as { train_loss: number[]; val_loss: number[] }[]; // prettier-ignore
    expect(averages.train_loss).toEqual(plain.train_loss);
    expect(averages.val_loss[29]).not.toBe(plain.val_loss[29]);
  });

  it('cuts values of the gradient off', async () => {
    await train('--name', 'plain', '--max-steps', '3');
    await train('--name', 'cut', '--max-steps', '3', '--set', 'train.gradientClipValue=1e-3');
    expect(await bytesOf('runs/cut', 'model.safetensors')).not.toEqual(
      await bytesOf('runs/plain', 'model.safetensors'),
    );
  });

  it.each([
    ['{ kind: sgd, betas: [0.9, 0.9] }', 'making the optimizer sgd: expected no settings but momentum, nesterov, weightDecay, received betas, which belongs to adamw, adam, lion, muon;'], // prettier-ignore
    ['{ kind: muun }', "did you mean 'muon'?"],
    ['{ groups: [{ match: [h.*], weightDekay: 0 }] }', "received 'train.optimizer.groups.0.weightDekay'; did you mean 'train.optimizer.groups.0.weightDecay'?"], // prettier-ignore
    ['{ groups: [{ match: [] }] }', 'expected train.optimizer.groups.0.match to be a list of at least 1 values'],
    ['{ groups: [{ match: [h.*] }] }', "received 'h.*', which fits none of transformer.wte.weight, "],
    ['{ kind: sgd, momentum: 0, nesterov: true }', "making SGD: expected a momentum above 0 for Nesterov's"],
  ])('refuses %s in one line, before there is a folder', async (value, message) => {
    const { code, stderr } = await train(...optimizer(value));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^sheep: [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(await readdir('.')).toEqual(['book.txt', 'tiny.yaml']);
  });
});
