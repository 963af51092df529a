import { join } from 'node:path';
import type { RunConfig } from '../config/schema.js';
import { runLayers } from '../config/layers-of-options.js';
import { resolveConfig } from '../config/resolve.js';
import type { Screen } from '../screen/screen.js';
import { findResumption, type Resumption } from './checkpoint.js';
import { checkResumable } from './compare-configs.js';
import type { Plan } from './plan.js';
import { RUN_FILES } from './run-folder.js';

/**
 * Where a run goes on, undefined for its start.
 *
 * @param config every value in force now.
 * @param build what computes now.
 * @throws SheepError `mismatch` where the run was started with other numbers, `bad-file` for a damaged checkpoint.
 */
export async function resume(
  folder: string,
  config: RunConfig,
  build: string,
  screen: Screen,
): Promise<Resumption | undefined> {
  const [before] = await runLayers(folder);
  if (before !== undefined) checkResumable(resolveConfig([before]), config, before.origin);
  const found = await findResumption(join(folder, RUN_FILES.checkpoints));
  if (found !== undefined && found.kernelBuild !== build) {
    screen.note(`the run was computed by ${found.kernelBuild}, now by ${build}: its bits may differ from here on`);
  }
  return found;
}

/** Whether a run has nothing left to do. */
export function isFinished({ state }: Resumption, { config, totalSteps }: Plan): boolean {
  const { patience } = config.train.earlyStopping;
  return state.step >= totalSteps || (patience !== null && state.evaluationsWithoutImprovement >= patience);
}
