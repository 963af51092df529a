import { SheepError, type EvalEvent } from '@sheep/core';
import type { Rule } from './rule.js';

/** When validation has left training behind, and what to do about it. */
export interface OverfittingOptions {
  /** Evaluations in a row at which the gap grew; 3 unless given. */
  readonly evaluations?: number;
  /** What to change, as a phrase. */
  readonly remedy?: string;
}

/** What the rule about overfitting has noted. */
export interface OverfittingState {
  /** Sum and number of the training losses since the last evaluation. */
  readonly sum: number;
  readonly count: number;
  /** Validation loss minus mean training loss at the last evaluation. */
  readonly gap: number | null;
  /** Evaluations in a row at which it was larger than at the one before. */
  readonly growing: number;
  /** The lowest validation loss. */
  readonly lowest: number | null;
  /** The newest, and its step. */
  readonly newest: { readonly step: number; readonly loss: number } | null;
}

const START: OverfittingState = { sum: 0, count: 0, gap: null, growing: 0, lowest: null, newest: null };

const isNumberOrNull = (value: unknown): boolean => value === null || Number.isFinite(value);

function isState(value: unknown): value is OverfittingState {
  const { newest, ...numbers } = Object(value) as Record<string, unknown>;
  const names: (keyof OverfittingState)[] = ['sum', 'count', 'gap', 'growing', 'lowest'];
  const { step, loss } = Object(newest ?? { step: 0, loss: 0 }) as Record<string, unknown>;
  return (
    names.every((name) => isNumberOrNull(numbers[name])) && newest !== undefined && [step, loss].every(Number.isFinite)
  );
}

function afterEvaluation(state: OverfittingState, { step, loss }: EvalEvent): OverfittingState {
  if (!Number.isFinite(loss) || state.count === 0) return { ...state, sum: 0, count: 0 };
  const gap = loss - state.sum / state.count;
  const grew = state.gap !== null && gap > state.gap;
  return {
    ...START,
    gap,
    growing: grew ? state.growing + 1 : 0,
    lowest: Math.min(loss, state.lowest ?? Infinity),
    newest: { step, loss },
  };
}

/**
 * Advice where the gap between training and validation loss has grown at several evaluations in a row and the
 * validation loss is no longer at its lowest. A gap that grows while both losses fall is what learning looks like.
 *
 * @throws SheepError `bad-option` where the number of evaluations is none.
 */
export function overfitting(options: OverfittingOptions = {}): Rule<OverfittingState> {
  const { evaluations = 3, remedy = 'train on more text, raise dropout or weight decay, or stop earlier' } = options;
  if (!(Number.isSafeInteger(evaluations) && evaluations >= 1)) {
    const parts = { expected: 'at least 1 evaluation', received: String(evaluations), remedy: 'give such a number' };
    throw new SheepError('bad-option', { doing: 'watching for overfitting', ...parts });
  }
  return {
    name: 'overfitting',
    start: START,
    isState,
    observe(state, measured) {
      if (measured.type === 'eval') return afterEvaluation(state, measured);
      if (measured.type !== 'step' || !Number.isFinite(measured.loss)) return state;
      return { ...state, sum: state.sum + measured.loss, count: state.count + 1 };
    },
    verdict({ gap, growing, lowest, newest }) {
      if (growing < evaluations || newest === null || newest.loss <= lowest! || gap! <= 0) return undefined;
      const told = `the validation loss is ${newest.loss.toFixed(4)} at step ${newest.step}, its lowest was ${lowest!.toFixed(4)}`;
      return `${told}, and the training loss, ${gap!.toFixed(4)} below it, has moved away for ${growing} evaluations: ${remedy}`;
    },
  };
}
