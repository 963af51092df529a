import { writeFile } from 'node:fs/promises';
import { lockFolder } from '@sheep/core/node';
import { generateStories } from '@sheep/data';
import { beforeEach, describe, expect, it } from 'vitest';
import { inEmptyFolder, runMain, TINY_CONFIG } from '../../test/run-main.js';

const train = (...options: string[]) => runMain('train', '--config', 'tiny.yaml', ...options);

describe('a run whose folder another process has', () => {
  inEmptyFolder();
  beforeEach(async () => {
    await writeFile('book.txt', generateStories({ bytes: 4000 }));
    await writeFile('tiny.yaml', TINY_CONFIG);
  });

  it('is refused in one line, and goes on when it is free', async () => {
    await train('--stop-after', '2');
    const lock = await lockFolder('runs/tiny');
    const refused = await train('--resume', '--stop-after', '4');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^sheep: taking the folder .*tiny: expected no other process that writes there, [^\n]+\n$/,
    );
    await lock!.release();
    expect(await train('--resume', '--stop-after', '4')).toMatchObject({ code: 0, stderr: '' });
  });

  it('is had by one of two that go on with it at the same time', async () => {
    await train('--stop-after', '2');
    const outcomes = await Promise.all([1, 2].map(() => train('--resume', '--stop-after', '4')));
    expect(outcomes.filter(({ code }) => code === 0).length).toBeLessThanOrEqual(1);
    expect(outcomes.find(({ code }) => code === 2)!.stderr).toContain('no other process that writes there');
  });
});
