import type { BatchSpan, StepEvent } from '@sheep/core';
import { dispose, type Scalar } from '@tensorflow/tfjs-core';
import { stopwatch } from './stopwatch.js';

/** A step whose numbers may still be on the device. */
export interface LoggedStep {
  readonly host: Pick<StepEvent, 'step' | 'epoch' | 'learningRate' | 'tokens' | 'elapsed'>;
  /** Targets that counted. */
  readonly count: number;
  readonly batches: BatchSpan;
  /** The log's, once added. */
  readonly device: {
    readonly loss: Scalar;
    readonly correct: Scalar;
    readonly gradientNorm: Scalar;
    readonly weightNorm: Scalar;
  };
}

/** A step as it was read. */
export interface ReadStep extends Pick<LoggedStep, 'count' | 'batches'> {
  readonly event: StepEvent;
}

/** Keeps the steps that were not reported yet, so that the device is read once for many of them. */
export interface StepLog {
  add(step: LoggedStep): void;
  /** Reads all steps added since the last time, in order. Their speed is measured up to when the device has them. */
  flush(): Promise<ReadStep[]>;
  /** Begins to measure the next steps' speed: what was done since the flush does not count. */
  restartClock(): void;
}

const read = async (tensor: Scalar): Promise<number> => (await tensor.data())[0];

/** A step's event but for its speed. */
async function readStep({ host, count, device }: LoggedStep): Promise<Omit<StepEvent, 'tokensPerSecond'>> {
  const [loss, correct, gradientNorm, weightNorm] = await Promise.all(
    [device.loss, device.correct, device.gradientNorm, device.weightNorm].map(read),
  );
  dispose(Object.values(device));
  return { type: 'step', ...host, loss: loss / count, accuracy: correct / count, gradientNorm, weightNorm };
}

/** An empty log whose clock runs. */
export function createStepLog(): StepLog {
  let waiting: LoggedStep[] = [];
  let seconds = stopwatch();
  return {
    add(step) {
      waiting.push(step);
    },
    async flush() {
      const steps = waiting;
      waiting = [];
      const events = await Promise.all(steps.map(readStep));
      const tokensPerSecond = steps.reduce((sum, { count }) => sum + count, 0) / seconds();
      return steps.map(({ count, batches }, i) => ({ count, batches, event: { ...events[i], tokensPerSecond } }));
    },
    restartClock() {
      seconds = stopwatch();
    },
  };
}
