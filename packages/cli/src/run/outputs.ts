import { join } from 'node:path';
import type { TrainEvent } from '@sheep/core';
import { createHistory, type RunHistory } from '@sheep/metrics';
import {
  lengthThrough,
  openMetricsFile,
  openSamplesFile,
  openTrainingMetricsFile,
  readMetrics,
} from '@sheep/metrics/node';
import { RUN_FILES } from './run-folder.js';

/** The files of a run that events go to. */
export interface RunOutputs {
  readonly history: RunHistory;
  write(event: TrainEvent): Promise<void>;
  /** Bytes of metrics.jsonl, all of them on the disk. */
  metricsLength(): number;
  close(): Promise<void>;
}

/**
 * Opens metrics.jsonl, training_metrics.json and samples.txt in a run's folder.
 *
 * @param resumeAt for a run that goes on: the length of metrics.jsonl that its checkpoint recorded, 0 where there is no
 *   checkpoint. What follows that length is cut off, and the others are made again from what is left.
 */
export async function openOutputs(folder: string, resumeAt: number | undefined): Promise<RunOutputs> {
  const path = join(folder, RUN_FILES.metrics);
  const metrics = openMetricsFile(path, resumeAt === undefined ? {} : { resumeAt });
  const earlier = resumeAt === undefined ? [] : await readMetrics(path);
  const history = createHistory();
  for (const event of earlier) history.write(event);
  let samples = openSamplesFile(join(folder, RUN_FILES.samples), earlier);
  const trainingMetrics = openTrainingMetricsFile(join(folder, RUN_FILES.trainingMetrics), history);
  /** Takes the steps out that are as if they had not happened. */
  async function goBack(step: number): Promise<void> {
    metrics.cutBack(await lengthThrough(path, step));
    samples = openSamplesFile(join(folder, RUN_FILES.samples), await readMetrics(path));
  }
  return {
    history,
    async write(event) {
      if (event.type === 'rewind') await goBack(event.step);
      history.write(event);
      for (const sink of [metrics, trainingMetrics, samples]) await sink.write(event);
    },
    metricsLength: () => metrics.sync(),
    async close() {
      await trainingMetrics.close();
      await metrics.close();
    },
  };
}
