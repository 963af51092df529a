import type { RunHistory } from '../history.js';

/** A loss of a run that has gone astray. */
const LARGE = 1e6;

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Digits behind the point where a reader can take them in. */
function fixed(loss: number): string {
  if (!Number.isFinite(loss)) return 'not finite';
  return loss < LARGE ? loss.toFixed(3) : loss.toExponential(2);
}

/** What a reader wants to know first: how long the run was, and what came out. */
export function summarize({ steps, evals }: RunHistory): string {
  if (steps.step.length === 0) return 'no steps yet';
  const last = steps.step.length - 1;
  const train = `step ${count(steps.step[last])}: train loss ${fixed(steps.loss[last])}`;
  let best = -1;
  for (const [i, loss] of evals.loss.entries())
    if (best < 0 ? Number.isFinite(loss) : loss < evals.loss[best]) best = i;
  if (best < 0) return train;
  return `${train}, lowest validation loss ${fixed(evals.loss[best])} at step ${count(evals.step[best])}`;
}
