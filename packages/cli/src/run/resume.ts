import { join } from 'node:path';
import { finished } from '@sheep/train';
import type { RunConfig } from '../config/schema.js';
import { runLayers } from '../config/layers-of-options.js';
import { resolveConfig } from '../config/resolve.js';
import type { Screen } from '../screen/screen.js';
import { findResumption, type Resumption } from './checkpoint.js';
import { checkResumable } from './compare-configs.js';
import type { Plan } from './plan.js';
import { RUN_FILES } from './run-folder.js';
import { stopRules } from './rules.js';

/**
 * Where a run goes on, undefined for its start.
 *
 * @param config every value in force now.
 * @param build what computes now.
 * @throws SheepError `mismatch` where the run was started with other numbers, `bad-file` where every checkpoint is damaged.
 */
export async function resume(
  folder: string,
  config: RunConfig,
  build: string,
  screen: Screen,
): Promise<Resumption | undefined> {
  const [before] = await runLayers(folder);
  if (before !== undefined) checkResumable(resolveConfig([before]), config, before.origin);
  const found = await findResumption(join(folder, RUN_FILES.checkpoints), (text) => screen.note(text));
  if (found !== undefined && found.kernelBuild !== build) {
    screen.note(`the run was computed by ${found.kernelBuild}, now by ${build}: its bits may differ from here on`);
  }
  return found;
}

/** Why a run has nothing left to do, as a phrase; undefined where it has. */
export function whyFinished({ state }: Resumption, { config, totalSteps }: Plan): string | undefined {
  return finished({ maxSteps: totalSteps, stopWhen: stopRules(config.train) }, state)?.message;
}
