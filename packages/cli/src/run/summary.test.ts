import { createHistory } from '@sheep/metrics';
import type { Metric } from '@sheep/train';
import { describe, expect, it } from 'vitest';
import { summaryFacts } from './summary.js';

/** A run whose best step is another one by each metric; the last evaluation was of numbers that were not finite. */
function history() {
  const run = createHistory();
  const evals = [
    { step: 10, loss: 2, accuracy: 0.3 },
    { step: 20, loss: 1, accuracy: 0.4 },
    { step: 30, loss: 1.5, accuracy: 0.5 },
    { step: 40, loss: Number.NaN, accuracy: Number.NaN },
  ];
  for (const { step, loss, accuracy } of evals) {
    const of = { step, epoch: step / 10, elapsed: step };
    run.write({ ...of, type: 'eval', loss, perplexity: Math.exp(loss), accuracy, tokens: 100, best: false });
    run.write({ ...of, type: 'epoch', loss: Math.abs(step - 10) / 10 + 0.25, validationLoss: loss });
  }
  return run;
}

const ending = {
  stop: { type: 'stop', step: 40, reason: 'max-steps', message: 'all 40 steps are done', elapsed: 40 },
  folder: 'runs/one',
  samplePrompt: 'a',
} as const;

const factsBy = (metric: Metric, bigram?: number) =>
  Object.fromEntries(summaryFacts({ ...ending, history: history(), metric, bigram }));

describe('the best step of a summary', () => {
  it.each<[Metric, string]>([
    ['eval.loss', '20: validation loss 1.0000 (perplexity 2.72)'],
    ['eval.perplexity', '20: validation loss 1.0000 (perplexity 2.72)'],
    ['eval.accuracy', '30: validation accuracy 50.0 %, validation loss 1.5000 (perplexity 4.48)'],
    ['epoch.loss', '10: training loss of the epoch 0.2500, validation loss 2.0000 (perplexity 7.39)'],
  ])('is the one whose checkpoint is the best by %s', (metric, told) => {
    expect(factsBy(metric)['best step']).toBe(told);
  });

  it('is held to the bigram model by its validation loss', () => {
    expect(factsBy('eval.accuracy', 3)['bigram model']).toBe('3.0000; the best step has 50.0 % of it');
  });

  it('is not told where nothing was measured', () => {
    const facts = summaryFacts({ ...ending, history: createHistory(), metric: 'eval.loss', bigram: 3 });
    expect(facts.map(([name]) => name)).toEqual(['ended', 'run', 'pictures', 'model', 'talk to it']);
  });
});
