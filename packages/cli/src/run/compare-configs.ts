import { SheepError } from '@sheep/core';
import { keyPaths, type KeyPath } from '../config/json-schema.js';
import { show } from '../config/explain.js';
import { valueAt } from '../config/layers.js';
import type { RunConfig } from '../config/schema.js';

/** Keys that change nothing in the numbers: what is shown and kept, how often, and when the run ends. */
const FREE: ReadonlySet<string> = new Set([
  'name',
  'threads',
  'train.logEvery',
  'train.sampleEvery',
  'train.sampleTokens',
  'train.samplePrompt',
  'train.checkpointEvery',
  'train.keepCheckpoints',
  'train.maxMinutes',
  'train.target.value',
  'train.earlyStopping.patience',
  'train.earlyStopping.patienceEpochs',
  // Numbers change only where some are not finite: this is how a run that stopped there goes on.
  'train.onNotFinite.policy',
  'train.onNotFinite.maxSkips',
  'train.onNotFinite.maxRewinds',
  'train.onNotFinite.rateFactor',
]);

/**
 * Holds a resumed run to the configuration it was started with.
 *
 * @param source the file that holds that configuration, for the message.
 * @throws SheepError `mismatch` with the first key that differs and would change the numbers.
 */
export function checkResumable(before: RunConfig, now: RunConfig, source: string): void {
  const differs = (path: KeyPath) =>
    !FREE.has(path.join('.')) && JSON.stringify(valueAt(before, path)) !== JSON.stringify(valueAt(now, path));
  const path = keyPaths().find(differs);
  if (path === undefined) return;
  const key = path.join('.');
  throw new SheepError('mismatch', {
    doing: 'resuming the run',
    expected: `${key} ${show(valueAt(before, path))}, as ${source} says`,
    received: show(valueAt(now, path)),
    remedy: `leave ${key} as it was, or start another run with another --name`,
  });
}
