import { join } from 'node:path';
import type { StopEvent } from '@sheep/core';
import { perplexity, type RunHistory } from '@sheep/metrics';
import { type Fact, formatDuration, formatLoss, formatShare } from '../screen/format.js';
import { RUN_FILES } from './run-folder.js';

/** What the end of a run is told from. */
export interface Ending {
  readonly history: RunHistory;
  readonly stop: StopEvent;
  readonly folder: string;
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

function validationFacts({ evals }: RunHistory, bigram: number | undefined): Fact[] {
  if (evals.loss.length === 0) return [];
  const best = Math.min(...evals.loss);
  const step = evals.step[evals.loss.indexOf(best)];
  const facts: Fact[] = [
    ['best step', `${step}: validation loss ${formatLoss(best)} (perplexity ${perplexity(best).toFixed(2)})`],
  ];
  if (bigram !== undefined) {
    facts.push(['bigram model', `${formatLoss(bigram)}; the best step has ${formatShare(best / bigram)} of it`]);
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
export function summaryFacts({ history, stop, folder, bigram, samplePrompt }: Ending): Fact[] {
  const facts: Fact[] = [
    ['ended', `${stop.message}, ${formatDuration(stop.elapsed)} of training`],
    ...trainingFact(history),
    ...validationFacts(history, bigram),
    ['run', folder],
    ['pictures', 'training_curve.png, loss_by_epoch.png, monitoring.png'],
  ];
  if (stop.reason === 'not-finite') return [...facts, ...notFiniteFacts(folder)];
  facts.push(['model', `${join(folder, RUN_FILES.checkpoints)} (best and last)`]);
  if (stop.reason === 'paused' || stop.reason === 'signal') facts.push(['go on', resumeCommand(folder)]);
  return [...facts, ['talk to it', generateCommandLine(folder, samplePrompt)]];
}
