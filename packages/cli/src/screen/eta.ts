import type { RunSpan } from './screen.js';

/** Seconds until the last step, at the mean speed since this start of the program. */
export function remainingSeconds(span: RunSpan, event: { readonly step: number; readonly elapsed: number }): number {
  const secondsPerStep = (event.elapsed - span.startElapsed) / (event.step - span.startStep);
  return secondsPerStep * (span.totalSteps - event.step);
}
