import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { killRuns } from './kills.js';

// 300 of them: pnpm torture kills. Windows has no kill that a process does not see coming, and the same effect: it ends at once.
it.skipIf(process.platform === 'win32')(
  'a run that is killed at random instants goes on to the bytes of an undisturbed one',
  { timeout: 180_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sheep-kills-'));
    try {
      const { kills, stages } = await killRuns({ kills: 6, seed: 3, folder, backend: 'wasm' });
      expect(kills).toBe(6);
      expect(Object.values(stages).reduce((a, b) => a + b)).toBe(6);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
