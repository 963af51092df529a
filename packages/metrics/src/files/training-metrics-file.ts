import type { Sink, TrainEvent } from '@sheep/core';
import type { RunHistory } from '../history.js';
import { replaceFile } from './replace-file.js';

/** A sink that keeps a training_metrics.json current. */
export interface TrainingMetricsFile extends Sink {
  write(event: TrainEvent): void;
  /** Writes what is not in the file yet. */
  close(): Promise<void>;
}

const SHORTEST_PAUSE = 3_000;
/** Writing takes at most a twentieth of a run, however long its history grows. */
const PAUSE_PER_WRITE = 19;

/**
 * Keeps training_metrics.json current: written whole under a temporary name and renamed, every few seconds, and at the
 * end of the run always.
 *
 * @param history what to write. Each event goes to the history first, then to this sink.
 * @param clock milliseconds since any fixed moment.
 */
export function openTrainingMetricsFile(
  path: string,
  history: RunHistory,
  clock: () => number = () => performance.now(),
): TrainingMetricsFile {
  let notBefore = Number.NEGATIVE_INFINITY;
  let current = false;
  function save(): void {
    const start = clock();
    replaceFile(path, `${JSON.stringify(history.toTrainingMetrics())}\n`);
    const end = clock();
    notBefore = end + Math.max(SHORTEST_PAUSE, PAUSE_PER_WRITE * (end - start));
    current = true;
  }
  return {
    write(event) {
      current = false;
      if (event.type === 'stop' || clock() >= notBefore) save();
    },
    async close() {
      if (!current) save();
    },
  };
}
