import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './markdown.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheep-examples-'));
});
afterAll(() => rm(folder, { recursive: true }));

function start(name: string, ...options: string[]): ChildProcess {
  const file = join(root, 'examples', 'custom-loop', name);
  const flags = ['--conditions=@sheep/source', '--import', 'tsx', file, ...options];
  return spawn(process.execPath, flags, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What an example prints; it is killed where a line says so. */
async function run(child: ChildProcess, killAt?: string): Promise<string> {
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (killAt !== undefined && output.includes(killAt)) child.kill('SIGKILL');
    });
  }
  await once(child, 'close');
  return output;
}

const lossesIn = (output: string): number[] =>
  Array.from(output.matchAll(/validation loss (\d\.\d+)/g), ([, loss]) => Number(loss));

describe('examples of loops and models of one’s own', () => {
  it(
    'the MLP bigram learns by the usual trainer, nearly what a table of counted pairs knows',
    { timeout: 60_000 },
    async () => {
      const output = await run(start('mlp-bigram.ts'));
      const losses = lossesIn(output);
      const counted = Number(/counted pairs: (\d\.\d+)/.exec(output)![1]);
      expect(losses).toHaveLength(4);
      expect(losses).toEqual([...losses].sort((a, b) => b - a));
      expect(losses[3] - counted).toBeGreaterThan(-0.02);
      expect(losses[3] - counted).toBeLessThan(0.05);
    },
  );

  it('the curriculum, killed in the middle, goes on to the same bytes', { timeout: 120_000 }, async () => {
    const [through, killed] = ['through', 'killed'].map((name) => join(folder, name));
    const whole = await run(start('curriculum.ts', through));
    expect(whole).toMatch(/^step 25: 8 characters, /);
    expect(whole).toContain(' 64 characters, validation loss ');
    const [end] = /ended after step \d+, .*$/m.exec(whole)!;

    const first = await run(start('curriculum.ts', killed), 'step 100:');
    expect(first).not.toContain('ended');
    const second = await run(start('curriculum.ts', killed));
    expect(second).toMatch(/^goes on after step \d+\n/);
    expect(second).toContain(end);
    const weights = await Promise.all([through, killed].map((path) => newestWeights(path)));
    expect(weights[1]).toEqual(weights[0]);
  });

  it('of two players the critic tells texts apart, the writer learns words, and a kill loses nothing', async () => {
    const [through, killed] = ['players', 'killed-players'].map((name) => join(folder, name));
    const whole = await run(start('two-players.ts', through));
    const [told, known] = ['the critic tells', '%;'].map((before) =>
      Array.from(whole.matchAll(new RegExp(`(?:${before}) (\\d+) %`, 'g')), ([, share]) => Number(share)),
    );
    expect(told).toHaveLength(6);
    expect(Math.max(...told)).toBeGreaterThan(55);
    expect(known[5]).toBeGreaterThan(known[0] + 10);

    await run(start('two-players.ts', killed), 'step 175:');
    expect(await run(start('two-players.ts', killed))).toMatch(/^goes on after step 1[46]0\n/);
    for (const tree of ['model', 'writerState', 'critic', 'criticState']) {
      const [expected, got] = await Promise.all([through, killed].map((path) => newestWeights(path, tree)));
      expect(got.equals(expected)).toBe(true);
    }
  }, 180_000);
});

async function newestWeights(checkpoints: string, tree = 'model'): Promise<Buffer> {
  const { checkpoint } = JSON.parse(await readFile(join(checkpoints, 'last.json'), 'utf8')) as { checkpoint: string };
  return readFile(join(checkpoints, checkpoint, `${tree}.safetensors`));
}
