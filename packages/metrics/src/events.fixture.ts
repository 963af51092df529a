import type { EvalEvent, StepEvent, TrainEvent } from '@sheep/core';

/** A step event for tests. */
export function stepEvent(step: number, fields: Partial<StepEvent> = {}): StepEvent {
  return {
    type: 'step',
    step,
    epoch: 1,
    loss: 4 / step,
    accuracy: 0.25,
    learningRate: 1e-3 / step,
    gradientNorm: 0.5,
    weightNorm: 40 + step,
    tokens: 768 * step,
    tokensPerSecond: 7680,
    elapsed: step / 10,
    ...fields,
  };
}

/** An eval event for tests. */
export function evalEvent(step: number, fields: Partial<EvalEvent> = {}): EvalEvent {
  const loss = 4.5 / step;
  return {
    type: 'eval',
    step,
    epoch: 1,
    loss,
    perplexity: Math.exp(loss),
    accuracy: 0.25,
    tokens: 1000,
    best: true,
    elapsed: step / 10,
    ...fields,
  };
}

/** A run of five steps in two epochs with events of every type; a loss and a gradient norm that are not finite. */
export const RUN: readonly TrainEvent[] = [
  stepEvent(1, { loss: 4, learningRate: 0.001 }),
  stepEvent(2, { loss: 3, learningRate: 0.002 }),
  evalEvent(2, { loss: 3.5 }),
  { type: 'sample', step: 2, text: 'the sheep\nsaid "bäh" 🐑\n' },
  stepEvent(3, { loss: 2, learningRate: 0.0015 }),
  { type: 'epoch', step: 3, epoch: 1, loss: 3, validationLoss: 3.5, elapsed: 0.3 },
  stepEvent(4, { epoch: 2, loss: Number.NaN, gradientNorm: Number.POSITIVE_INFINITY, learningRate: 0.001 }),
  { type: 'checkpoint', step: 4, location: 'checkpoints/step-00000004', best: false },
  { type: 'rewind', step: 4, from: 6, learningRateScale: 0.5, message: 'back from step 6 to step 4', elapsed: 0.45 },
  stepEvent(5, { epoch: 2, loss: 1, learningRate: 0.0005 }),
  { type: 'advice', step: 5, topic: 'loss-spike', message: 'lower train.learningRate' },
  evalEvent(5, { epoch: 2, loss: 2.5 }),
  { type: 'sample', step: 5, text: 'no sheep at all' },
  { type: 'epoch', step: 5, epoch: 2, loss: 1, validationLoss: null, elapsed: 0.5 },
  { type: 'stop', step: 5, reason: 'max-steps', message: 'all 5 steps are done', elapsed: 0.5 },
];
