import type { AdviceEvent, EpochEvent, EvalEvent, RewindEvent, StepEvent } from '@sheep/core';
import { remainingSeconds } from './eta.js';
import { formatCount, formatDuration, formatLoss, formatRate } from './format.js';
import type { RunSpan } from './screen.js';

/** A step in one line. */
export function describeStep(event: StepEvent, span: RunSpan): string {
  return [
    `step ${event.step}/${span.totalSteps}`,
    `epoch ${event.epoch}`,
    `loss ${formatLoss(event.loss)}`,
    `lr ${formatRate(event.learningRate)}`,
    `${formatCount(event.tokensPerSecond)} tokens/s`,
    `ETA ${formatDuration(remainingSeconds(span, event))}`,
  ].join('  ');
}

/** A validation in one line. */
export function describeEval(event: EvalEvent): string {
  const best = event.best ? ' - new best model' : '';
  return `validation loss ${formatLoss(event.loss)} (perplexity ${event.perplexity.toFixed(2)})${best}`;
}

/** An epoch's summary in one line. */
export function describeEpoch(event: EpochEvent): string {
  const validation = event.validationLoss === null ? '' : `, validation loss ${formatLoss(event.validationLoss)}`;
  return `epoch ${event.epoch} done: mean training loss ${formatLoss(event.loss)}${validation}, after ${formatDuration(event.elapsed)}`;
}

/** What went back, or what to change, in one line. */
export function describeRemark({ type, message }: RewindEvent | AdviceEvent): string {
  return `${type}: ${message}`;
}

/** Each line of a text moved to the right. */
export function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '    ');
}
