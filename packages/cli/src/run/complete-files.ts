import { join } from 'node:path';
import { removeLeftovers } from '@sheep/core/node';
import { createHistory } from '@sheep/metrics';
import { openTrainingMetricsFile, readMetrics, writePlots } from '@sheep/metrics/node';
import { RUN_FILES, type RunPlace } from './run-folder.js';

/** Writes again, from metrics.jsonl, what a run writes after its last checkpoint: a kill may have come before. */
export async function completeFiles({ folder, name }: RunPlace): Promise<void> {
  await removeLeftovers(folder);
  const history = createHistory();
  for (const event of await readMetrics(join(folder, RUN_FILES.metrics))) history.write(event);
  await openTrainingMetricsFile(join(folder, RUN_FILES.trainingMetrics), history).close();
  await writePlots(folder, history, { name });
}
