import { describe, expect, it } from 'vitest';
import { RUN, evalEvent, stepEvent } from './events.fixture.js';
import { createHistory } from './history.js';

describe('createHistory', () => {
  it('gives training_metrics.json with one entry a step', () => {
    const history = createHistory();
    for (const event of RUN) history.write(event);
    expect(history.toTrainingMetrics()).toEqual({
      train_loss: [4, 3, 2, Number.NaN, 1],
      val_loss: [null, 3.5, null, null, 2.5],
      learning_rate: [0.001, 0.002, 0.0015, 0.001, 0.0005],
      epochs: [1, 1, 1, 2, 2],
      steps: [1, 2, 3, 4, 5],
    });
    expect(JSON.stringify(history.toTrainingMetrics())).toBe(
      '{"train_loss":[4,3,2,null,1],"val_loss":[null,3.5,null,null,2.5],' +
        '"learning_rate":[0.001,0.002,0.0015,0.001,0.0005],"epochs":[1,1,1,2,2],"steps":[1,2,3,4,5]}',
    );
    expect(history.lastEpoch).toBe(2);
    expect(history.steps.gradientNorm).toEqual([0.5, 0.5, 0.5, Number.POSITIVE_INFINITY, 0.5]);
    expect(history.steps.weightNorm).toEqual([41, 42, 43, 44, 45]);
  });

  it('keeps an eval before the first step out of the step columns, and the newest of two at a step', () => {
    const history = createHistory();
    for (const event of [evalEvent(0), stepEvent(1), evalEvent(1, { loss: 3 }), evalEvent(1, { loss: 2 })]) {
      history.write(event);
    }
    expect(history.toTrainingMetrics().val_loss).toEqual([2]);
    expect(history.evals.step).toEqual([0, 1, 1]);
  });
});
