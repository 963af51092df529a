import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainEvent } from '@sheep/core';
import { generateStories } from '@sheep/data';
import { beforeEach, describe, expect, it } from 'vitest';
import { inEmptyFolder, lastCheckpoint, runMain, TINY_CONFIG } from '../../test/run-main.js';

const train = (...options: string[]) => runMain('train', '--config', 'tiny.yaml', ...options);
const set = (...values: string[]) => values.flatMap((value) => ['--set', value]);
const weightsOf = async (run: string) => readFile(join(await lastCheckpoint(run), 'model.safetensors'));

async function eventsOf(run: string): Promise<TrainEvent[]> {
  const lines = (await readFile(join('runs', run, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as TrainEvent);
}

const stepsOf = (events: readonly TrainEvent[]) => events.filter(({ type }) => type === 'step').map(({ step }) => step);
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

/** A rate at which float32 overflows in a few steps, and the factor that makes it a good one. */
const FAR_TOO_HIGH = ['--learning-rate', '1e15', ...set('train.schedule.minLearningRate=1e14')];
const REWIND = set('train.onNotFinite.policy=rewind', 'train.onNotFinite.rateFactor=1e-17');

describe('a run ends', () => {
  inEmptyFolder();

  beforeEach(async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
  });

  it('at its target, and says so again where it is resumed; another target lets it go on', async () => {
    await train(...set('train.target={metric: eval.loss, value: 50}'));
    const stop = (await eventsOf('tiny')).at(-1);
    expect(stop).toMatchObject({ type: 'stop', step: 12, reason: 'target' });
    const { message } = stop as { message: string };
    expect(message).toMatch(/^eval\.loss is \d\.\d+ at step 12, the target was 50$/);
    const again = await runMain('train', '--resume', '--out', 'runs/tiny');
    expect(again.stdout).toContain(`finished: runs/tiny: ${message}, nothing is left to do\n`);
    const further = await runMain('train', '--resume', '--out', 'runs/tiny', ...set('train.target.value=0.1'));
    expect(further).toMatchObject({ code: 0, stderr: '' });
    expect((await eventsOf('tiny')).at(-1)).toMatchObject({ step: 30, reason: 'max-steps' });
  });

  it('when patience in evaluations, in epochs, or its minutes are at their end', async () => {
    const still = ['--set', 'train.earlyStopping.minDelta=100'];
    await train('--name', 'evaluations', ...still, ...set('train.earlyStopping.patience=1', 'train.evalEvery=5'));
    expect((await eventsOf('evaluations')).at(-1)).toMatchObject({ step: 10, reason: 'patience' });
    await train(
      '--name',
      'epochs',
      ...still,
      ...set('train.earlyStopping.patienceEpochs=1', 'train.batchSize=32', 'data.stride=16'),
    );
    const epochs = await eventsOf('epochs');
    expect(epochs.at(-1)).toMatchObject({ type: 'stop', reason: 'patience-epochs' });
    expect(epochs.filter(({ type }) => type === 'epoch')).toHaveLength(2);
    const timed = await train('--name', 'timed', '--max-minutes', '0.00001');
    expect(timed.code).toBe(0);
    expect((await eventsOf('timed')).at(-1)).toMatchObject({ step: 1, reason: 'max-minutes' });
    const longer = await runMain('train', '--resume', '--out', 'runs/timed', '--max-minutes', '5');
    expect(longer.code).toBe(0);
    expect((await eventsOf('timed')).at(-1)).toMatchObject({ step: 30, reason: 'max-steps' });
  });

  it('at numbers that are not finite, with exit code 3, the layer, and what to type next', async () => {
    const { code, stdout, stderr } = await train(...FAR_TOO_HIGH);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    const stop = (await eventsOf('tiny')).at(-1);
    expect(stop).toMatchObject({
      type: 'stop',
      reason: 'not-finite',
      message: expect.stringMatching(
        /^the (?:loss|gradient norm) of step \d+ was \w+ \(epoch 1, batch \d+ of \d+; learning rate \S+\): the first layer whose output is not finite is (?:transformer\.\S+|lm_head)$/,
      ) as string,
    });
    expect(stdout).toContain(
      'go on          npx @sheep/cli train --resume --out runs/tiny --set train.onNotFinite.policy=rewind\n',
    );
  });

  it('not at those where it may go back: each step is told once, and a resume comes to the same bytes', async () => {
    const options = [...FAR_TOO_HIGH, ...REWIND];
    const through = await train('--name', 'through', ...options);
    expect(through).toMatchObject({ code: 0, stderr: '' });
    expect(through.stdout).toMatch(/^rewind: back from step 10 to step 0: the .* multiplied by 1e-17$/m);
    const events = await eventsOf('through');
    expect(events[0]).toMatchObject({ type: 'rewind', step: 0, from: 10 });
    expect(stepsOf(events)).toEqual(upTo(30));
    const metrics = await readFile('runs/through/training_metrics.json', 'utf8');
    expect(JSON.parse(metrics)).toMatchObject({ steps: upTo(30) });
    const samples = await readFile('runs/through/samples.txt', 'utf8');
    expect(samples.match(/^== step \d+ ==$/gm)).toEqual(['== step 15 ==', '== step 30 ==']);

    await train('--name', 'paused', ...options, '--stop-after', '18');
    await runMain('train', '--resume', '--out', 'runs/paused');
    expect(await weightsOf('runs/paused')).toEqual(await weightsOf('runs/through'));
    expect(stepsOf(await eventsOf('paused'))).toEqual(upTo(30));

    const stopped = await train('--name', 'stopped', ...FAR_TOO_HIGH);
    expect(stopped.code).toBe(3);
    expect(await runMain('train', '--resume', '--out', 'runs/stopped', ...REWIND)).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await weightsOf('runs/stopped')).toEqual(await weightsOf('runs/through'));
  });
});
