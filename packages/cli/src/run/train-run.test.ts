import { existsSync } from 'node:fs';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainEvent } from '@sheep/core';
import { useBackend } from '@sheep/backend';
import { generateStories } from '@sheep/data';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { inEmptyFolder, lastCheckpoint, runMain, TINY_CONFIG } from '../../test/run-main.js';
import { ourBackendsHere } from '../../../../test/backends-here.js';

const train = (...options: string[]) => runMain('train', '--config', 'tiny.yaml', ...options);
const generate = () => runMain('generate', '--checkpoint', 'runs/tiny', '--prompt', 'a');
const bytesOf = async (run: string, file: string) => readFile(join(await lastCheckpoint(run), file));

async function eventsOf(run: string): Promise<TrainEvent[]> {
  const text = await readFile(join(run, 'metrics.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TrainEvent);
}

async function stepsOf(run: string): Promise<number[]> {
  return (await eventsOf(run)).filter(({ type }) => type === 'step').map(({ step }) => step);
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

describe('sheep train', () => {
  inEmptyFolder();

  beforeEach(async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
  });

  it('leaves every file of a run, and tells what to type next', async () => {
    const { code, stdout, stderr } = await train();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect((await readdir('runs/tiny')).sort()).toEqual([
      'checkpoints',
      'config.yaml',
      'loss_by_epoch.png',
      'metrics.jsonl',
      'monitoring.png',
      'samples.txt',
      'training_curve.png',
      'training_metrics.json',
    ]);
    const metrics = JSON.parse(await readFile('runs/tiny/training_metrics.json', 'utf8')) as Record<string, unknown[]>;
    expect(metrics.steps).toEqual(upTo(30));
    expect(metrics.val_loss.filter((loss) => loss !== null)).toHaveLength(3);
    const samples = await readFile('runs/tiny/samples.txt', 'utf8');
    expect(samples.match(/^== step \d+ ==$/gm)).toEqual(['== step 15 ==', '== step 30 ==']);
    expect(stdout).toMatch(/baseline {3}validation loss \d\.\d{4} of a bigram model of the same tokens/);
    expect(stdout).toMatch(/^step 1\/30 {2}epoch 1 {2}loss \d\.\d{4} {2}lr 2\.67e-3 {2}[\d,]+ tokens\/s {2}ETA /m);
    expect(stdout).toMatch(/^validation loss \d\.\d{4} \(perplexity \d+\.\d\d\) - new best model$/m);
    expect(stdout).toMatch(/npx @sheep\/cli generate --checkpoint runs\/tiny --prompt "Once upon a time,?"\n/);
  });

  it('gives a default name that is taken a number, and repeats a run from its config.yaml to the same bytes', async () => {
    await train();
    const again = await runMain('train', '--config', 'runs/tiny/config.yaml');
    expect(again.code).toBe(0);
    expect(parse(await readFile('runs/tiny-2/config.yaml', 'utf8'))).toEqual({
      ...(parse(await readFile('runs/tiny/config.yaml', 'utf8')) as object),
      name: 'tiny-2',
    });
    expect(await bytesOf('runs/tiny-2', 'model.safetensors')).toEqual(await bytesOf('runs/tiny', 'model.safetensors'));
    for (const option of ['--name=tiny', '--set=name=tiny', '--out=runs/tiny']) {
      expect(await train(option)).toMatchObject({ code: 2, stdout: '' });
    }
  });

  it('paused and resumed, has the same bytes as a run that went through', async () => {
    await train('--name', 'through');
    const paused = await train('--name', 'paused', '--stop-after', '18');
    expect(paused.stdout).toContain('npx @sheep/cli train --resume --out runs/paused\n');
    expect(JSON.parse((await bytesOf('runs/paused', 'state.json')).toString())).toMatchObject({ step: 18 });
    const resumed = await runMain('train', '--resume', '--out', 'runs/paused');
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(resumed.stdout).toMatch(/^step 19\/30 /m);
    for (const file of ['model.safetensors', 'optimizer.safetensors']) {
      expect(await bytesOf('runs/paused', file)).toEqual(await bytesOf('runs/through', file));
    }
    expect(await stepsOf('runs/paused')).toEqual(upTo(30));
    expect(await readFile('runs/paused/samples.txt')).toEqual(await readFile('runs/through/samples.txt'));
    const finished = await train('--resume', '--name', 'paused');
    expect(finished.stdout).toContain('finished: runs/paused: reached 30 steps, nothing is left to do');
  });

  it('starts at step 0 where a run was killed before its first checkpoint', async () => {
    await train('--name', 'early', '--stop-after', '2');
    await rm('runs/early/checkpoints', { recursive: true });
    const { code } = await train('--resume', '--name', 'early', '--stop-after', '3');
    expect(code).toBe(0);
    expect(await stepsOf('runs/early')).toEqual([1, 2, 3]);
  });

  it('resumes with other logging, and refuses by name what would change the numbers', async () => {
    await train('--stop-after', '3');
    const refused = await train('--resume', '--set', 'train.batchSize=5');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^sheep: resuming the run: expected train\.batchSize 4, .* received 5; [^\n]+\n$/);
    const allowed = await train('--resume', '--set', 'train.logEvery=1', '--stop-after', '5');
    expect(allowed.code).toBe(0);
    expect(allowed.stdout).toMatch(/^step 5\/30 /m);
    expect(await readFile('runs/tiny/config.yaml', 'utf8')).toContain('logEvery: 1\n');
  });

  it('records the precision that auto took, and refuses to go on with another', async () => {
    await writeFile('auto.yaml', TINY_CONFIG.replace('train:', 'train:\n  precision: auto'));
    for (const backend of ourBackendsHere) {
      const { precision } = await useBackend(backend, { precision: 'auto' });
      const auto = ['train', '--config', 'auto.yaml', '--backend', backend, '--name', backend];
      expect(await runMain(...auto, '--stop-after', '2')).toMatchObject({ code: 0, stderr: '' });
      const path = join('runs', backend, 'config.yaml');
      const config = await readFile(path, 'utf8');
      expect(parse(config)).toMatchObject({ train: { precision } });
      expect(await runMain(...auto, '--resume', '--stop-after', '3')).toMatchObject({ code: 0, stderr: '' });
      expect(await runMain('train', '--resume', '--out', join('runs', backend), '--stop-after', '4')).toMatchObject({
        code: 0,
        stderr: '',
      });
      // As of a run that began where auto takes the other.
      const other = precision === 'f32' ? 'bf16' : 'f32';
      await writeFile(path, config.replace(`precision: ${precision}`, `precision: ${other}`));
      const refused = await runMain(...auto, '--resume');
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(/^sheep: resuming the run: expected train\.precision [^\n]+\n$/);
      expect(refused.stderr).toContain(`expected train.precision "${other}", as `);
      expect(refused.stderr).toContain(`received "${precision}"; leave train.precision as it was`);
    }
  });

  it('refuses a checkpoint that was changed, one of another text, and a truncated one', async () => {
    await train('--stop-after', '3');
    const config = await bytesOf('runs/tiny', 'config.json');
    const path = join(await lastCheckpoint('runs/tiny'), 'config.json');
    await writeFile(path, config.toString().replace('"n_embd": 16', '"n_embd": 32'));
    expect(await generate()).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^sheep: checking .*config\.json: expected content with SHA-256 [^\n]*\n$/,
      ) as string,
    });
    await writeFile(path, config);

    const book = await readFile('book.txt', 'utf8');
    await writeFile('book.txt', `${book}É`);
    const resumed = await train('--resume');
    expect(resumed).toMatchObject({ code: 2, stderr: expect.stringMatching(/^sheep: .*vocab_size.*\n$/) as string });
    await writeFile('book.txt', book.slice(100) + book.slice(0, 100));
    const other = await train('--resume');
    expect(other).toMatchObject({ code: 2, stderr: expect.stringMatching(/^sheep: .*another text; .*\n$/) as string });
    await writeFile('book.txt', book);

    await truncate(join(await lastCheckpoint('runs/tiny'), 'model.safetensors'), 5000);
    for (const outcome of [await generate(), await train('--resume')]) {
      expect(outcome.stderr).toMatch(/^sheep: .*model\.safetensors.*\n$/);
      expect(outcome.code).toBe(2);
    }
  });

  it('prints events as JSON lines and nothing else, the same as metrics.jsonl', async () => {
    const { stdout } = await train('--json', '--max-steps', '2');
    expect(stdout).toBe(await readFile('runs/tiny/metrics.jsonl', 'utf8'));
    expect((await eventsOf('runs/tiny')).map(({ type }) => type)).toEqual([
      'step',
      'step',
      'eval',
      'sample',
      'checkpoint',
      'stop',
    ]);
  });

  it('shortens a warm-up that is longer than the run, and says so in one line', async () => {
    const { stdout } = await train('--max-steps', '2', '--set', 'train.schedule.warmupSteps=3');
    expect(stdout).toContain("warm-up shortened from 3 to 0 steps, a tenth of the run's 2\n");
    expect(await readFile('runs/tiny/config.yaml', 'utf8')).toContain('warmupSteps: 0\n');
  });

  it('trains without validation', async () => {
    const { code } = await train('--max-steps', '2', '--set', 'data.validationFraction=0', '--out', 'here');
    expect(code).toBe(0);
    expect((await eventsOf('here')).some(({ type }) => type === 'eval')).toBe(false);
    expect(existsSync('runs')).toBe(false);
  });
});
