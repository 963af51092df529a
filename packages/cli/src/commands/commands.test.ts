import { cp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { generateStories } from '@sheep/data';
import { beforeEach, describe, expect, it } from 'vitest';
import { inEmptyFolder, runMain, TINY_CONFIG } from '../../test/run-main.js';
import { backendsHere } from '../../../../test/backends-here.js';

const PNG = '89504e470d0a1a0a';

const generate = (...options: string[]) => runMain('generate', '--prompt', 'the', '--max-new-tokens', '20', ...options);

async function signature(path: string): Promise<string> {
  return (await readFile(path)).subarray(0, 8).toString('hex');
}

describe('commands on a trained run', () => {
  inEmptyFolder();

  beforeEach(async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
    await runMain('train', '--config', 'tiny.yaml', '--max-steps', '12');
  });

  it('generate goes on with a prompt, the same for the same seed, from a run as from a checkpoint', async () => {
    const first = await generate('--checkpoint', 'runs/tiny', '--seed', '5');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^the[\s\S]{1,20}\n$/);
    expect(await generate('--checkpoint', 'runs/tiny/checkpoints/step-00000012', '--seed', '5')).toEqual(first);
    expect((await generate('--checkpoint', 'runs/tiny', '--seed', '4')).stdout).not.toBe(first.stdout);
    const greedy = await generate('--checkpoint', 'runs/tiny', '--temperature', '0');
    expect(await generate('--checkpoint', 'runs/tiny', '--top-k', '1', '--seed', '9')).toEqual(greedy);
    expect(await generate('--checkpoint', 'runs/tiny', '--top-p', '1.5')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^sheep: .*topP above 0 and at most 1, received 1.5.*\n$/) as string,
    });
  });

  it('a folder without tokenizer.json is refused in one line, where the model is not GPT-2 in size', async () => {
    await cp('runs/tiny/checkpoints/step-00000012', 'model', { recursive: true });
    for (const name of ['tokenizer.json', 'manifest.json', 'state.json']) await rm(`model/${name}`);
    const { code, stderr } = await runMain('generate', '--checkpoint', 'model', '--prompt', 'the');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^sheep: opening the model in model: expected a tokenizer\.json, received none; .*\n$/);
  });

  it('eval finds the loss on the validation text that training found', async () => {
    const text = await readFile('book.txt', 'utf8');
    await writeFile('validation.txt', text.slice(Math.floor(text.length * 0.9)));
    const { code, stdout } = await runMain('eval', '--checkpoint', 'runs/tiny', '--data', 'validation.txt');
    expect(code).toBe(0);
    const loss = Number(/^loss +(\S+) nats a token$/m.exec(stdout)?.[1]);
    const [, trained] = /"type":"eval","step":12,.*?"loss":([\d.]+)/.exec(
      await readFile('runs/tiny/metrics.jsonl', 'utf8'),
    )!;
    expect(Math.abs(loss - Number(trained))).toBeLessThan(1e-4);
    expect(Number(/^perplexity +(\S+)$/m.exec(stdout)?.[1])).toBeCloseTo(Math.exp(loss), 1);
  });

  it('plot draws the pictures of one run again, and several runs in one', async () => {
    await rm('runs/tiny/training_curve.png');
    expect(await runMain('plot', 'runs/tiny')).toMatchObject({ code: 0, stdout: 'drew the pictures in runs/tiny\n' });
    expect(await signature('runs/tiny/training_curve.png')).toBe(PNG);
    expect((await runMain('plot', 'runs/tiny', 'runs/tiny', '--out', 'both.png')).code).toBe(0);
    expect(await signature('both.png')).toBe(PNG);
    expect((await stat('both.png')).size).toBeGreaterThan(5000);
  });
});

describe('sheep doctor', () => {
  it('shows the machine, and that each backend works and how fast', async () => {
    const { code, stdout, stderr } = await runMain('doctor');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`node      ${process.version}\n`);
    expect(stdout).toMatch(
      /^wasm {2}works: [\d.]+ GFLOP\/s in .*, sheep-wasm relaxed-threads [\da-f]{8}, \d+ threads?$/m,
    );
    expect(stdout).toMatch(/^tfjs-wasm {2}works: [\d.]+ GFLOP\/s/m);
    expect(stdout).toMatch(/^js {2}works: [\d.]+ GFLOP\/s/m);
    const [fastest] = backendsHere;
    expect(stdout).toMatch(
      fastest === 'cpu'
        ? /^cpu {2}works: [\d.]+ GFLOP\/s in .*, sheep-cpu [a-z\d]+ [\da-f]{8}, \d+ threads?$/m
        : /^cpu {2}does not open: .*npm run build:native/m,
    );
    expect(stdout).toMatch(new RegExp(`^auto {2}takes ${fastest}$`, 'm'));
  });
});
