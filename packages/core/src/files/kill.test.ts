import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeLeftovers } from './atomic.js';
import { verifyManifest } from './manifest.js';

const MEGABYTE = 1 << 20;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheep-kill-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Runs a script with the functions under test in another process and kills it `delay` ms after it says `mark`; where
 * it is to be held, it stands still there until it is killed.
 */
async function runAndKill(script: string, mark: string, delay: number, hold = false): Promise<void> {
  const source = `
    import { writeSync } from 'node:fs';
    import { writeFileAtomic, writeFolderAtomic } from ${JSON.stringify(new URL('./atomic.ts', import.meta.url).href)};
    const say = (text) => {
      writeSync(1, text + '\\n');
      if (${hold} && text === ${JSON.stringify(mark)}) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    };
    setInterval(() => {}, 1000); // ends by the kill alone, however fast it writes
    ${script}`;
  const flags = ['--conditions=@sheep/source', '--import', 'tsx', '--input-type=module', '-e', source];
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    if (line !== mark) continue;
    await wait(delay);
    child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
}

const WRITE_FOLDER = (path: string) => `
  const pieces = (name) => async function* () {
    for (let i = 0; i < 8; i += 1) {
      say(name + ' ' + i);
      yield new Uint8Array(${MEGABYTE}).fill(i);
    }
    say(name + ' end');
  };
  await writeFolderAtomic(${JSON.stringify(path)}, [['a', pieces('a')], ['b', pieces('b')], ['c', 'c']]);
  say('renamed');`;

describe('after a kill in mid-write', () => {
  it.each<[mark: string, delay: number, state: 'absent' | 'whole' | 'either']>([
    ['a 0', 0, 'absent'],
    ['a 5', 0, 'absent'],
    ['b 0', 0, 'absent'],
    ['b end', 0, 'absent'],
    ['b end', 2, 'either'],
    ['b end', 5, 'either'],
    ['b end', 10, 'either'],
    ['b end', 20, 'either'],
    ['b end', 40, 'either'],
    ['renamed', 0, 'whole'],
  ])('at "%s" and %i ms the folder is absent or whole', async (mark, delay, state) => {
    const name = `${mark}-${delay}`;
    const path = join(folder, name);
    await runAndKill(WRITE_FOLDER(path), mark, delay, state !== 'either');
    const present = (await readdir(folder)).includes(name);
    expect(state === 'either' || present === (state === 'whole')).toBe(true);
    await (present ? verifyManifest(path) : undefined);
    expect(await removeLeftovers(folder)).toHaveLength(present ? 0 : 1);
    expect(await removeLeftovers(folder)).toEqual([]);
  });

  it.each([0, 7, 23, 61])('after %i ms a file that is written over and over is whole', async (delay) => {
    const path = join(folder, 'file');
    const script = `
      for (let i = 0; ; i = (i + 1) % 256) {
        await writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(${4 * MEGABYTE}).fill(i));
        if (i === 0) say('written');
      }`;
    await runAndKill(script, 'written', delay);
    const bytes = await readFile(path);
    expect(bytes.length).toBe(4 * MEGABYTE);
    expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
    await removeLeftovers(folder);
  });
});
