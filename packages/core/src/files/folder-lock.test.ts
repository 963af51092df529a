import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheep-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const inUse = expect.objectContaining({ code: 'in-use' }) as Error;

/** Another process that takes the folder, or is refused, and then lives on. */
async function lockElsewhere() {
  const module = JSON.stringify(new URL('./folder-lock.ts', import.meta.url).href);
  const source = `
    import { lockFolder } from ${module};
    const said = await lockFolder(${JSON.stringify(folder)}).then(() => 'taken', ({ code }) => code);
    process.stdout.write(said);
    setInterval(() => {}, 1000);`;
  const flags = ['--conditions=@sheep/source', '--import', 'tsx', '--input-type=module', '-e', source];
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { said: said.toString(), kill };
}

describe('lockFolder', () => {
  it('is had once at a time, and leaves nothing when it is let go', async () => {
    const lock = await lockFolder(folder);
    expect(lock).toBeDefined();
    await expect(lockFolder(folder)).rejects.toThrow(inUse);
    await expect(lockFolder(folder)).rejects.toThrow(/no other process that writes there, received one that is alive/);
    await lock!.release();
    expect(await readdir(folder)).toEqual([]);
    await (await lockFolder(folder))!.release();
  });

  it('is held against other processes, and ends with a process that is killed', async () => {
    const first = await lockElsewhere();
    expect(first.said).toBe('taken');
    await expect(lockFolder(folder)).rejects.toThrow(inUse);
    const second = await lockElsewhere();
    expect(second.said).toBe('in-use');
    await second.kill();
    await first.kill();
    const lock = await lockFolder(folder);
    const [left] = process.platform === 'win32' ? [] : await readdir(folder);
    expect(await readdir(folder)).toEqual([left].filter(Boolean));
    await expect(lockFolder(folder)).rejects.toThrow(inUse);
    await lock!.release();
  });

  it('is had by at most one of many that ask at once', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    const had = asked.filter(({ status }) => status === 'fulfilled');
    expect(had.length).toBeLessThanOrEqual(1);
    for (const one of had)
      await (one as PromiseFulfilledResult<Awaited<ReturnType<typeof lockFolder>>>).value!.release();
    await (await lockFolder(folder))!.release();
  });

  it('works in a folder whose path is longer than that of a socket may be', async () => {
    const deep = join(folder, 'a'.repeat(100), 'b'.repeat(100));
    await mkdir(deep, { recursive: true });
    const lock = await lockFolder(deep);
    await expect(lockFolder(deep)).rejects.toThrow(inUse);
    await lock!.release();
    expect(await readdir(deep)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('is not kept by a file of that name, as a copy of a run has', async () => {
    await writeFile(join(folder, '.lock-0123456789abcdef'), '');
    const lock = await lockFolder(folder);
    expect(await readdir(folder)).toHaveLength(1);
    await lock!.release();
  });
});
