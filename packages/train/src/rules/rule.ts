import type { EpochEvent, EvalEvent, StepEvent, TrainState } from '@sheep/core';

/** What rules are shown: the measurements of a run, in the order in which they are told. */
export type Measurement = StepEvent | EvalEvent | EpochEvent;

/**
 * A policy that watches a run: it ends the run (`stopWhen`) or gives advice (`advice`) as soon as it has a verdict.
 * What it has noted goes into checkpoints, so a resumed run judges as one that ran through.
 */
export interface Rule<State = unknown> {
  /** Why the run ended, or what the advice is about. No two rules of a run share one. */
  readonly name: string;
  /** What it has noted before the first measurement: plain JSON, as is all that {@link Rule.observe} returns. */
  readonly start: State;
  /** Whether a value from a checkpoint is a state of this rule. */
  isState(value: unknown): boolean;
  /** What it has noted after another measurement. Changes nothing in place. */
  observe(state: State, measured: Measurement): State;
  /**
   * One sentence for people, with the value at which it fired; undefined while it does not.
   *
   * @param run after the step just done.
   */
  verdict(state: State, run: TrainState): string | undefined;
}
