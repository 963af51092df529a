import type { StepEvent } from '@sheep/core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { dispose } from '@tensorflow/tfjs-core';

/** A step whose numbers may still be on the device. */
export interface LoggedStep {
  readonly host: Pick<StepEvent, 'step' | 'epoch' | 'learningRate' | 'tokens' | 'elapsed'>;
  /** Targets that counted. */
  readonly count: number;
  /** The log's, once added. */
  readonly device: {
    readonly loss: Scalar;
    readonly correct: Scalar;
    readonly gradientNorm: Scalar;
    readonly weightNorm: Scalar;
  };
}

/** Keeps the steps that were not reported yet, so that the device is read once for many of them. */
export interface StepLog {
  add(step: LoggedStep): void;
  /** Reads all steps added since, in order. `seconds` is the time they took together. */
  flush(seconds: number): Promise<StepEvent[]>;
}

const read = async (tensor: Scalar): Promise<number> => (await tensor.data())[0];

async function toEvent({ host, count, device }: LoggedStep, tokensPerSecond: number): Promise<StepEvent> {
  const [loss, correct, gradientNorm, weightNorm] = await Promise.all(
    [device.loss, device.correct, device.gradientNorm, device.weightNorm].map(read),
  );
  dispose(Object.values(device));
  const { step, epoch, learningRate, tokens, elapsed } = host;
  const means = { loss: loss / count, accuracy: correct / count };
  return {
    type: 'step',
    step,
    epoch,
    ...means,
    learningRate,
    gradientNorm,
    weightNorm,
    tokens,
    tokensPerSecond,
    elapsed,
  };
}

/** An empty log. */
export function createStepLog(): StepLog {
  let waiting: LoggedStep[] = [];
  return {
    add(step) {
      waiting.push(step);
    },
    async flush(seconds) {
      const steps = waiting;
      waiting = [];
      const tokens = steps.reduce((sum, { count }) => sum + count, 0);
      return Promise.all(steps.map((step) => toEvent(step, tokens / seconds)));
    },
  };
}
