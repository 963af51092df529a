import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Trace } from '@sheep/backend';
import { generateStories } from '@sheep/data';
import { beforeEach, describe, expect, it } from 'vitest';
import { inEmptyFolder, lastCheckpoint, runMain, TINY_CONFIG } from '../../test/run-main.js';

const train = (...options: string[]) => runMain('train', '--config', 'tiny.yaml', ...options);
const modelOf = async (run: string) => readFile(join(await lastCheckpoint(run), 'model.safetensors'));

const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => `step ${first + i}`);

async function stepsOf(run: string): Promise<string[]> {
  const { traceEvents } = JSON.parse(await readFile(join(run, 'profile.json'), 'utf8')) as Trace;
  return traceEvents.filter(({ cat }) => cat === 'step').map(({ name }) => name);
}

/** The milliseconds of a line of the table. */
function millisecondsOf(stdout: string, label: string): number {
  const [, milliseconds] = new RegExp(String.raw`^ {4}${label}.*? {2}(\d+\.\d{3})`, 'm').exec(stdout)!;
  return Number(milliseconds);
}

describe('sheep train --profile', () => {
  inEmptyFolder();
  beforeEach(async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
  });

  it('shows where the time of a step goes, writes the trace, and changes no bit', async () => {
    await train('--name', 'plain');
    const { code, stdout, stderr } = await train('--profile');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('\nProfile of steps 21 to 30\n    op, with its kernels ');
    expect(stdout).toMatch(/^ {4}SheepMlpBlockGradient +2 +\d+\.\d{3} .* GFLOP\/s +\d\.\d\d +\d+\.\d %$/m);
    expect(stdout).toContain(
      'runs/tiny/profile.json has every call on every thread: open it at https://ui.perfetto.dev\n',
    );
    const total = millisecondsOf(stdout, 'a step, mean of 10, 1 thread');
    const idle = millisecondsOf(stdout, 'no kernel runs');
    expect(idle).toBeGreaterThan(0);
    expect(idle).toBeLessThan(total);
    // With one thread they are the same.
    expect(millisecondsOf(stdout, '  the calling thread outside of kernels')).toBeCloseTo(idle, 2);
    expect(await stepsOf('runs/tiny')).toEqual(upTo(21, 30));
    expect(await modelOf('runs/tiny')).toEqual(await modelOf('runs/plain'));
    expect(existsSync('runs/plain/profile.json')).toBe(false);
  });

  it('takes twenty steps of a longer run, and shows them before it goes on', async () => {
    const { stdout } = await train('--profile', '--max-steps', '130');
    expect(await stepsOf('runs/tiny')).toEqual(upTo(101, 120));
    expect(stdout.indexOf('Profile of steps 101 to 120')).toBeLessThan(stdout.indexOf('step 130/130'));
  });

  it('takes the last twenty of a shorter one', async () => {
    await train('--profile', '--max-steps', '60', '--stop-after', '50');
    expect(await stepsOf('runs/tiny')).toEqual(upTo(31, 50));
  });

  it('counts from where a run goes on, and says so where it ends before', async () => {
    const { code, stdout } = await train('--profile', '--stop-after', '8');
    expect(code).toBe(0);
    expect(stdout).toContain('no profile: the run ended before its step 21, the first that is profiled\n');
    expect(existsSync('runs/tiny/profile.json')).toBe(false);
    await train('--profile', '--resume');
    expect(await stepsOf('runs/tiny')).toEqual(upTo(29, 30));
  });

  it('prints nothing but events with --json', async () => {
    const { stdout, stderr } = await train('--profile', '--json', '--max-steps', '22');
    expect(stdout).toBe(await readFile('runs/tiny/metrics.jsonl', 'utf8'));
    expect(stderr).toContain('profile.json has every call');
    expect(await stepsOf('runs/tiny')).toEqual(upTo(21, 22));
  });

  it('names the ops of a backend without kernels of ours', async () => {
    const { code, stdout } = await train('--profile', '--backend', 'js', '--max-steps', '22');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {4}SheepMlpBlock +2 /m);
    expect(stdout).toContain('mean of 2, 1 thread');
  });
});
