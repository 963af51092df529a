import { expect, it } from 'vitest';
import { RUN } from '../events.fixture.js';
import { createHistory } from '../history.js';
import { lastValidationLoss, meanTrainLoss } from './epoch-means.js';

it('averages the finite losses of each epoch and takes its last validation loss', () => {
  const history = createHistory();
  for (const event of RUN) history.write(event);
  expect(meanTrainLoss(history.steps)).toEqual({ epoch: [1, 2], loss: [3, 1] });
  expect(lastValidationLoss(history.evals)).toEqual({ epoch: [1, 2], loss: [3.5, 2.5] });
});
