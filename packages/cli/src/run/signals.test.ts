import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { generateStories } from '@sheep/data';
import { describe, expect, it } from 'vitest';
import { inEmptyFolder, lastCheckpoint, runMain, TINY_CONFIG } from '../../test/run-main.js';

const launcher = fileURLToPath(new URL('../../bin/sheep.mjs', import.meta.url));
const OPTIONS = ['train', '--config', 'tiny.yaml', '--max-steps'];
// So many that no signal comes behind the last, however busy the machine is.
const ENDLESS = '1000000';
const QUIET = ['evalEvery', 'checkpointEvery', 'sampleEvery'].flatMap((key) => ['--set', `train.${key}=null`]);
const bytesOf = async (run: string, file: string) => readFile(join(await lastCheckpoint(`runs/${run}`), file));

function start(...options: string[]): ChildProcess {
  return spawn(process.execPath, [launcher, ...OPTIONS, ...options, ...QUIET], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Reads lines until one matches; the rest is read and dropped. */
async function waitForLine(child: ChildProcess, pattern: RegExp): Promise<void> {
  const lines = createInterface({ input: child.stdout! });
  await new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (pattern.test(line)) resolve();
    });
  });
}

// Windows has no signals: a kill there ends the process at once.
describe.skipIf(process.platform === 'win32')('a signal in mid-run', () => {
  inEmptyFolder();

  it('ends the run at the end of its step, and a resumed run has the same bytes as one that went through', async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
    const child = start(ENDLESS, '--name', 'stopped');
    await waitForLine(child, /^step 1\//);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(143);

    const state = JSON.parse((await bytesOf('stopped', 'state.json')).toString()) as { step: number };
    expect(state.step).toBeGreaterThanOrEqual(1);
    const last = state.step + 20;
    const upToLast = [...OPTIONS, ENDLESS, ...QUIET, '--stop-after', String(last)];
    expect((await runMain(...upToLast, '--resume', '--name', 'stopped')).code).toBe(0);
    expect((await runMain(...upToLast, '--name', 'through')).code).toBe(0);
    expect(await bytesOf('stopped', 'model.safetensors')).toEqual(await bytesOf('through', 'model.safetensors'));
    const steps = (await readFile('runs/stopped/metrics.jsonl', 'utf8')).matchAll(/^\{"type":"step","step":(\d+),/gm);
    expect(Array.from(steps, ([, step]) => Number(step))).toEqual(Array.from({ length: last }, (_, i) => i + 1));
  });

  it('ends the process at once when it comes twice', async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
    // An evaluation at each step, of a text so long that none ends before the second signal.
    const long = ['evalEvery=1', 'evalBatches=1000000'].flatMap((setting) => ['--set', `train.${setting}`]);
    await writeFile('long.txt', generateStories({ bytes: 3_000_000 }));
    const half = ['--set', 'data.paths=[long.txt]', '--set', 'data.validationFraction=0.5', '--name', 'twice'];
    const child = spawn(process.execPath, [launcher, ...OPTIONS, ENDLESS, ...QUIET, ...half, ...long], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await waitForLine(child, /^step 1\//);
    child.kill('SIGINT');
    await wait(800);
    const second = performance.now();
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(performance.now() - second).toBeLessThan(3000);
    expect(existsSync('runs/twice/checkpoints/last.json')).toBe(false);
  });

  it('does not show a pipe whose reader went away as an error', async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
    const child = spawn(process.execPath, [launcher, ...OPTIONS, '100', ...QUIET], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaints += chunk.toString();
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, complaints }).toEqual({ code: 0, complaints: '' });
  });
});

describe("Ctrl-C, which Windows' Node tells by the same event", () => {
  inEmptyFolder();

  it('finishes the step, writes a checkpoint and the pictures, and says how to go on', async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
    const listeners = process.listenerCount('SIGINT');
    const run = runMain(...OPTIONS, ENDLESS, ...QUIET);
    while (process.listenerCount('SIGINT') === listeners) await wait(10);
    process.emit('SIGINT', 'SIGINT');
    const { code, stdout, stderr } = await run;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(stdout).toMatch(/stopped by a signal after step \d+/);
    expect(stdout).toContain('npx @sheep/cli train --resume --out runs/tiny\n');
    expect(existsSync(await lastCheckpoint('runs/tiny'))).toBe(true);
    expect(existsSync('runs/tiny/training_curve.png')).toBe(true);
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });
});
