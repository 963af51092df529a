import type { Sink, TrainEvent } from '@sheep/core';
import { writeFileAtomic } from '@sheep/core/node';
import type { RunHistory } from '../history.js';

/** A sink that keeps a training_metrics.json current. */
export interface TrainingMetricsFile extends Sink {
  write(event: TrainEvent): Promise<void>;
  /** Writes what is not in the file yet. */
  close(): Promise<void>;
}

const SHORTEST_PAUSE = 3_000;
/** Writing takes at most a twentieth of a run, however long its history grows. */
const PAUSE_PER_WRITE = 19;

/**
 * Keeps training_metrics.json current: replaced as a whole every few seconds, and always at the end of the run.
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
  let saving = Promise.resolve();
  async function saveNow(): Promise<void> {
    const start = clock();
    current = true;
    await writeFileAtomic(path, `${JSON.stringify(history.toTrainingMetrics())}\n`);
    const end = clock();
    notBefore = end + Math.max(SHORTEST_PAUSE, PAUSE_PER_WRITE * (end - start));
  }
  /** One after the other, so that the newest content is the last. */
  function save(): Promise<void> {
    notBefore = Number.POSITIVE_INFINITY;
    saving = saving.then(saveNow);
    return saving;
  }
  return {
    async write(event) {
      current = false;
      if (event.type === 'stop' || clock() >= notBefore) await save();
    },
    async close() {
      await saving;
      if (!current) await save();
    },
  };
}
