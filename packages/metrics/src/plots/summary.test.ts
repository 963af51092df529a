import { expect, it } from 'vitest';
import { evalEvent, stepEvent } from '../events.fixture.js';
import { createHistory } from '../history.js';
import { summarize } from './summary.js';

it('says how far the run is and what came out', () => {
  const history = createHistory();
  expect(summarize(history)).toBe('no steps yet');
  history.write(stepEvent(1200, { loss: Number.NaN }));
  expect(summarize(history)).toBe('step 1,200: train loss not finite');
  for (const [step, loss] of [
    [1, Number.NaN],
    [400, 1.5],
    [800, 1.25],
    [1200, 1.3],
  ]) {
    history.write(evalEvent(step, { loss }));
  }
  expect(summarize(history)).toBe('step 1,200: train loss not finite, lowest validation loss 1.250 at step 800');
});

it('writes the loss of a run that went astray with an exponent', () => {
  const history = createHistory();
  history.write(stepEvent(2, { loss: 4.195583818542762e25 }));
  history.write(evalEvent(1, { loss: 1_214_824_119_676_559_616 }));
  expect(summarize(history)).toBe('step 2: train loss 4.20e+25, lowest validation loss 1.21e+18 at step 1');
});
