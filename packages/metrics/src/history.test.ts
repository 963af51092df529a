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

  it('forgets the steps that a rewind took back, and what was measured after them', () => {
    const through = createHistory();
    for (const event of RUN) through.write(event);
    const rewound = createHistory();
    const epoch = { type: 'epoch', loss: 2, validationLoss: null, elapsed: 1 } as const;
    const lost = [stepEvent(6), evalEvent(6), { ...epoch, step: 6, epoch: 3 }, stepEvent(7)];
    const back = { type: 'rewind', step: 5, from: 7, learningRateScale: 0.5, message: '', elapsed: 1 } as const;
    for (const event of [...RUN, ...lost, back]) rewound.write(event);
    expect(rewound.toTrainingMetrics()).toEqual(through.toTrainingMetrics());
    expect([rewound.steps, rewound.evals, rewound.lastEpoch]).toEqual([through.steps, through.evals, 2]);
    rewound.write({ ...back, step: 0 });
    expect([rewound.steps.weightNorm, rewound.evals.loss, rewound.lastEpoch]).toEqual([[], [], 0]);
  });
});
