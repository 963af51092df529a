import type { RewindEvent } from '@sheep/core';
import type { RunSpan } from './screen.js';

/** Seconds until the last step, at the mean speed since this start of the program. */
export function remainingSeconds(span: RunSpan, event: { readonly step: number; readonly elapsed: number }): number {
  const secondsPerStep = (event.elapsed - span.startElapsed) / (event.step - span.startStep);
  return secondsPerStep * (span.totalSteps - event.step);
}

/** The span of what is left after a run went back: its speed is measured from there. */
export function spanAfter(span: RunSpan, { step, elapsed }: RewindEvent): RunSpan {
  return { ...span, startStep: step, startElapsed: elapsed };
}
