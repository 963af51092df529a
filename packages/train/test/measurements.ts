import type { EpochEvent, EvalEvent, StepEvent } from '@sheep/core';
import { START } from '../src/loop/progress.js';
import type { Measurement, Rule } from '../src/index.js';

/** A step with a training loss. */
export const stepAt = (step: number, loss: number): StepEvent => ({
  type: 'step',
  step,
  epoch: 1,
  loss,
  accuracy: 0.5,
  learningRate: 0.01,
  gradientNorm: 1,
  weightNorm: 5,
  tokens: 16 * step,
  tokensPerSecond: 100,
  elapsed: step,
});

/** An evaluation with a loss and an accuracy. */
export const evalAt = (step: number, loss: number, accuracy = 0.5): EvalEvent => ({
  type: 'eval',
  step,
  epoch: 1,
  loss,
  perplexity: Math.exp(loss),
  accuracy,
  tokens: 42,
  best: false,
  elapsed: step,
});

/** The end of an epoch with a mean training loss. */
export const epochAt = (step: number, epoch: number, loss: number): EpochEvent => ({
  type: 'epoch',
  step,
  epoch,
  loss,
  validationLoss: null,
  elapsed: step,
});

/** Where a rule has its first verdict: how many measurements it had been shown, and what it said. */
export function firstVerdict<State>(
  rule: Rule<State>,
  measured: readonly Measurement[],
): { shown: number; verdict: string } | undefined {
  let state = rule.start;
  for (const [i, event] of measured.entries()) {
    // As through a checkpoint.
    const stored: unknown = JSON.parse(JSON.stringify(rule.observe(state, event)));
    if (!rule.isState(stored)) throw new Error(`${JSON.stringify(stored)} is no state of ${rule.name}`);
    state = stored as State;
    const verdict = rule.verdict(state, { ...START, step: event.step, elapsed: event.elapsed });
    if (verdict !== undefined) return { shown: i + 1, verdict };
  }
  return undefined;
}
