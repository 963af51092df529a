import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { mutateCheckpoints, mutateConfigs, type MutationFigures } from './mutations.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheep-mutations-'));
  return () => rm(folder, { recursive: true, force: true });
});

function checkBounds({ slowestMilliseconds, grownMegabytes }: MutationFigures): void {
  expect(slowestMilliseconds).toBeLessThan(10_000);
  expect(grownMegabytes).toBeLessThan(256);
}

// 2,000 of each: pnpm torture mutations.
it('a damaged checkpoint is found, and the older one taken', { timeout: 120_000 }, async () => {
  const figures = await mutateCheckpoints({ count: 100, seed: 1, folder });
  checkBounds(figures);
  expect(figures.outcomes['loaded the older']).toBeGreaterThan(25);
  // Every second trial has no manifest that fits the damage: then one of the two is always whole.
  const { 'loaded the older': older, 'loaded the newest': newest } = figures.outcomes;
  expect(older + newest).toBe(50);
});

it('a damaged configuration is refused, or is one', { timeout: 120_000 }, async () => {
  const figures = await mutateConfigs({ count: 100, seed: 1, folder });
  checkBounds(figures);
  expect(figures.outcomes['refused: bad-file']).toBeGreaterThan(25);
  expect(figures.outcomes.taken).toBeGreaterThan(10);
});
