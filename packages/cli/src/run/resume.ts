import { finished } from '@sheep/train';
import type { RunConfig } from '../config/schema.js';
import { runLayers } from '../config/layers-of-options.js';
import { resolveConfig } from '../config/resolve.js';
import type { Resumption } from './checkpoint.js';
import { checkResumable } from './compare-configs.js';
import type { Plan } from './plan.js';
import { stopRules } from './rules.js';

/** What a run goes on with. */
export interface Continued {
  /** Its checkpoint; undefined at the start. */
  readonly from: Resumption | undefined;
  /** What computes now. */
  readonly build: string;
  /** Is told where the bits may differ. */
  readonly note: (text: string) => void;
}

/**
 * Holds a run that goes on to what it was started with.
 *
 * @param config every value in force now.
 * @throws SheepError `mismatch` where the run was started with other numbers.
 */
export async function checkResume(folder: string, config: RunConfig, { from, build, note }: Continued): Promise<void> {
  const [before] = await runLayers(folder);
  if (before !== undefined) checkResumable(resolveConfig([before]), config, before.origin);
  if (from !== undefined && from.kernelBuild !== build) {
    note(`the run was computed by ${from.kernelBuild}, now by ${build}: its bits may differ from here on`);
  }
}

/** Why a run has nothing left to do, as a phrase; undefined where it has. */
export function whyFinished({ state }: Resumption, { config, totalSteps }: Plan): string | undefined {
  return finished({ maxSteps: totalSteps, stopWhen: stopRules(config.train) }, state)?.message;
}
