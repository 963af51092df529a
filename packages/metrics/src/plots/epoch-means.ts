import type { EvalColumns, StepColumns } from '../history.js';

/** A value for each epoch, ascending. */
export interface EpochLosses {
  readonly epoch: number[];
  readonly loss: number[];
}

/** The mean training loss of each epoch's steps so far; steps whose loss is not finite do not count. */
export function meanTrainLoss(steps: StepColumns): EpochLosses {
  const sums = new Map<number, { loss: number; count: number }>();
  for (const [i, epoch] of steps.epoch.entries()) {
    const sum = sums.get(epoch) ?? { loss: 0, count: 0 };
    sums.set(epoch, sum);
    if (!Number.isFinite(steps.loss[i])) continue;
    sum.loss += steps.loss[i];
    sum.count += 1;
  }
  return { epoch: [...sums.keys()], loss: [...sums.values()].map(({ loss, count }) => loss / count) };
}

/** The newest validation loss of each epoch that has one. */
export function lastValidationLoss(evals: EvalColumns): EpochLosses {
  const losses = new Map(evals.epoch.map((epoch, i) => [epoch, evals.loss[i]]));
  return { epoch: [...losses.keys()], loss: [...losses.values()] };
}
