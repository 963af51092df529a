import { expect, it } from 'vitest';
import { inEmptyFolder } from '../../packages/cli/test/run-main.js';
import { failWrites } from './failing-writes.js';

inEmptyFolder();

// All of them in turn: pnpm torture faults.
it(
  'a full disk or a folder turned read-only stops a run with one line, and it goes on later',
  { timeout: 120_000 },
  async () => {
    const { writes, runs, unharmed } = await failWrites({ folder: '.', every: 23 });
    expect(writes).toBeGreaterThan(100);
    expect(runs).toBe(2 * Math.ceil(writes / 23));
    expect(unharmed).toBeLessThan(runs);
  },
);
