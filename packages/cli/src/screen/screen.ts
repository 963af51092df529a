import type { TrainEvent } from '@sheep/core';
import type { Fact } from './format.js';

/** What the screen must know of a run to tell how far it is. */
export interface RunSpan {
  /** Steps of the whole run. */
  readonly totalSteps: number;
  /** Steps done before this start of the program. */
  readonly startStep: number;
  /** Seconds of training before this start of the program. */
  readonly startElapsed: number;
  /** Steps between two lines, where lines are printed. */
  readonly logEvery: number;
}

/** What a training run prints through. */
export interface Screen {
  /** What is being done before the first step, as in `reading book.txt`. */
  status(text: string): void;
  /** A remark that stays: something was changed, or is not as the user may think. */
  note(text: string): void;
  /** A table of facts, before the first step and after the last. */
  facts(title: string, facts: readonly Fact[]): void;
  /** The steps begin. */
  start(span: RunSpan): void;
  event(event: TrainEvent): void;
  /** Leaves the terminal as it was. */
  close(): void;
}
