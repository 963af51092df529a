import { rm, writeFile } from 'node:fs/promises';
import { SheepError, type TrainEvent } from '@sheep/core';
import { generateStories } from '@sheep/data';
import { Writable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { inEmptyFolder, runMain, TINY_CONFIG } from '../../test/run-main.js';
import { main } from '../main.js';
import { unwritable } from './unwritable.js';

describe('unwritable', () => {
  it('tells of a full disk how to go on, and leaves other errors as they are', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    const told = unwritable(full, 'runs/a b') as SheepError;
    expect(told).toMatchObject({ code: 'unwritable', cause: full });
    expect(told.message).toBe(
      'writing the run runs/a b: expected a folder that takes it, received ENOSPC: no space left on device, write; ' +
        'make room on the disk, then go on from the last checkpoint: npx @sheep/cli train --resume --out "runs/a b"',
    );
    const fault = new Error('ours');
    expect(unwritable(fault, 'runs/a')).toBe(fault);
  });
});

const stream = (write: (text: string) => Promise<void>) =>
  new Writable({ write: (chunk: Buffer, _, done) => void write(chunk.toString()).then(() => done()) });

/** Trains with a reader of its events that removes something at one of them. */
async function trainAndRemove(path: string, type: TrainEvent['type']) {
  let stderr = '';
  const stdout = stream(async (line) => {
    if (line.includes(`"type":"${type}","step":12`)) await rm(path, { recursive: true });
  });
  const io = { stdout, stderr: stream(async (text) => void (stderr += text)), env: {}, exitCode: 0 };
  const code = await main(['train', '--config', 'tiny.yaml', '--json'], io);
  return { code, stderr };
}

// Windows removes no file that is open.
describe.skipIf(process.platform === 'win32')('what is removed while a run goes on', () => {
  inEmptyFolder();
  beforeEach(async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
  });

  it('may be the checkpoints: they are written again', async () => {
    expect(await trainAndRemove('runs/tiny/checkpoints', 'checkpoint')).toEqual({ code: 0, stderr: '' });
    expect((await runMain('generate', '--checkpoint', 'runs/tiny', '--prompt', 'a')).code).toBe(0);
  });

  it('may be metrics.jsonl: the next checkpoint says so', async () => {
    const { code, stderr } = await trainAndRemove('runs/tiny/metrics.jsonl', 'eval');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^sheep: writing runs\/tiny\/metrics\.jsonl: .* received a file that was removed meanwhile; [^\n]+\n$/,
    );
  });
});
