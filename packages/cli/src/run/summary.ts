import { join } from 'node:path';
import type { StopEvent } from '@sheep/core';
import { perplexity, type RunHistory } from '@sheep/metrics';
import { improves, type Metric, type MetricValue } from '@sheep/train';
import { type Fact, formatDuration, formatLoss, formatShare } from '../screen/format.js';
import { RUN_FILES } from './run-folder.js';

/** What the end of a run is told from. */
export interface Ending {
  readonly history: RunHistory;
  readonly stop: StopEvent;
  readonly folder: string;
  /** What the best step is chosen by. */
  readonly metric: Metric;
  readonly bigram: number | undefined;
  readonly samplePrompt: string;
}

const PROGRAM = 'npx @sheep/cli';

function quote(text: string): string {
  return `"${text.replaceAll(/["\\$`]/g, String.raw`\$&`)}"`;
}

function pathArgument(path: string): string {
  return /^[\w./:@+-]+$/.test(path) ? path : quote(path);
}

/** The command that goes on with a run. */
export function resumeCommand(folder: string): string {
  return `${PROGRAM} train --resume --out ${pathArgument(folder)}`;
}

function generateCommandLine(folder: string, prompt: string): string {
  return `${PROGRAM} generate --checkpoint ${pathArgument(folder)} --prompt ${quote(prompt)}`;
}

function trainingFact({ steps }: RunHistory): Fact[] {
  const last = steps.loss.length - 1;
  if (last < 0) return [];
  const at = (i: number) => `${formatLoss(steps.loss[i])} at step ${steps.step[i]}`;
  return [['training loss', `${at(0)}, ${at(last)}`]];
}

/** The step whose checkpoint is the best, with the value that it was chosen by; null where nothing was measured. */
function bestOf({ evals, epochs }: RunHistory, metric: Metric): MetricValue | null {
  const columns: Record<Metric, { readonly step: readonly number[]; readonly values: readonly number[] }> = {
    'eval.loss': { ...evals, values: evals.loss },
    'eval.perplexity': { ...evals, values: evals.loss.map(perplexity) },
    'eval.accuracy': { ...evals, values: evals.accuracy },
    'epoch.loss': { ...epochs, values: epochs.loss },
  };
  const { step: steps, values } = columns[metric];
  const measured = steps.map((step, i) => ({ step, value: values[i] })).filter(({ value }) => Number.isFinite(value));
  return measured.reduce<MetricValue | null>((best, one) => (improves(metric, one.value, best) ? one : best), null);
}

/** How the metric that the best step was chosen by is told, besides its validation loss. */
const CHOSEN_BY: Record<Metric, (value: number) => readonly string[]> = {
  'eval.loss': () => [],
  'eval.perplexity': () => [],
  'eval.accuracy': (value) => [`validation accuracy ${formatShare(value)}`],
  'epoch.loss': (value) => [`training loss of the epoch ${formatLoss(value)}`],
};

function bestFacts(history: RunHistory, metric: Metric, bigram: number | undefined): Fact[] {
  const best = bestOf(history, metric);
  if (best === null) return [];
  const { step, loss } = history.evals;
  const evaluated: number | undefined = loss[step.lastIndexOf(best.step)];
  const validation =
    evaluated === undefined
      ? []
      : [`validation loss ${formatLoss(evaluated)} (perplexity ${perplexity(evaluated).toFixed(2)})`];
  const told = [...CHOSEN_BY[metric](best.value), ...validation];
  const facts: Fact[] = [['best step', `${best.step}: ${told.join(', ')}`]];
  if (bigram !== undefined && evaluated !== undefined) {
    facts.push(['bigram model', `${formatLoss(bigram)}; the best step has ${formatShare(evaluated / bigram)} of it`]);
  }
  return facts;
}

/** What to type after numbers that were not finite. As it was configured, the run would only come to the same end. */
function notFiniteFacts(folder: string): Fact[] {
  return [
    ['go on', `${resumeCommand(folder)} --set train.onNotFinite.policy=rewind`],
    ['start anew', 'with a lower train.learningRate, or a lower train.gradientClip'],
  ];
}

/** How a run ended, where everything lies and what to type next. */
export function summaryFacts({ history, stop, folder, metric, bigram, samplePrompt }: Ending): Fact[] {
  const facts: Fact[] = [
    ['ended', `${stop.message}, ${formatDuration(stop.elapsed)} of training`],
    ...trainingFact(history),
    ...bestFacts(history, metric, bigram),
    ['run', folder],
    ['pictures', 'training_curve.png, loss_by_epoch.png, monitoring.png'],
  ];
  if (stop.reason === 'not-finite') return [...facts, ...notFiniteFacts(folder)];
  facts.push(['model', `${join(folder, RUN_FILES.checkpoints)} (best and last)`]);
  if (stop.reason === 'paused' || stop.reason === 'signal') facts.push(['go on', resumeCommand(folder)]);
  return [...facts, ['talk to it', generateCommandLine(folder, samplePrompt)]];
}
