import type { RunHistory } from '../history.js';
import { lastValidationLoss, meanTrainLoss } from './epoch-means.js';
import { learningRateLines, lossLines, meanLine, noisyLines, stepRange } from './lines.js';
import { type Line, type Panel, type PlotSpec, toSpec } from './panel.js';
import { toPoints } from './series.js';
import { summarize } from './summary.js';
import { COLORS, HALF_WIDTH, RUN_COLORS, THEME, WIDTH } from './theme.js';

const LOSS = 'loss (nats per token)';

/** What fits above a picture, and into a third of its legend, in letters. */
const LONGEST_TITLE = 75;
const LONGEST_NAME = 35;

function shorten(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}

/** Panels under a title, side by side in so many columns. */
export function picture(text: string, subtitle: string | string[], panels: readonly Panel[], columns = 1): PlotSpec {
  return {
    config: THEME,
    title: { text: shorten(text, LONGEST_TITLE), subtitle },
    concat: panels.map(toSpec),
    columns,
    align: 'each',
    spacing: 24,
    resolve: { scale: { color: 'independent' } },
  };
}

function overSteps(history: RunHistory, width: number, height: number) {
  return { xTitle: 'step', xRange: stepRange(history), yScale: 'linear', legend: false, width, height } as const;
}

/**
 * The picture `training_curve.png`: loss over steps, train blue and validation red; below it the learning rate, green,
 * on a logarithmic axis.
 */
export function trainingCurveSpec(history: RunHistory, name: string): PlotSpec {
  const rate = { lines: learningRateLines(history.steps), yTitle: 'learning rate', yScale: 'log' } as const;
  return picture(`Training curve of ${name}`, summarize(history), [
    { ...overSteps(history, WIDTH, 375), lines: lossLines(history), yTitle: LOSS, legend: true },
    { ...overSteps(history, WIDTH, 140), ...rate },
  ]);
}

function epochLines({ steps, evals }: RunHistory): Line[] {
  const train = meanTrainLoss(steps);
  const validation = lastValidationLoss(evals);
  const lines = [
    { name: 'train, mean of the epoch', color: COLORS.train, width: 2, points: toPoints(train.epoch, train.loss) },
  ];
  if (validation.epoch.length === 0) return lines;
  const points = toPoints(validation.epoch, validation.loss);
  return [...lines, { name: 'validation, last of the epoch', color: COLORS.validation, width: 2, points }];
}

/** The picture `loss_by_epoch.png`: the mean training loss of each epoch, blue, and its last validation loss, red. */
export function lossByEpochSpec(history: RunHistory, name: string): PlotSpec {
  const last = history.steps.epoch.at(-1) ?? 1;
  const subtitle = [summarize(history)];
  if (last > history.lastEpoch) subtitle.push(`epoch ${last} is not finished: the mean of its steps so far`);
  const panel = { lines: epochLines(history), xTitle: 'epoch', yTitle: LOSS, yScale: 'linear', legend: true } as const;
  return picture(`Loss by epoch of ${name}`, subtitle, [
    { ...panel, xRange: [0.5, last + 0.5], width: WIDTH, height: 600 },
  ]);
}

/** The picture `monitoring.png`: loss, learning rate, gradient norm and weight norm over steps. */
export function monitoringSpec(history: RunHistory, name: string): PlotSpec {
  const { steps } = history;
  const base = overSteps(history, HALF_WIDTH, 250);
  const style = { name: 'gradient norm', color: COLORS.norm, rawColor: COLORS.normRaw };
  const gradientNorm = noisyLines(steps.step, steps.gradientNorm, style);
  const weightNorm = {
    name: 'weight norm',
    color: COLORS.norm,
    width: 2,
    points: toPoints(steps.step, steps.weightNorm),
  };
  const panels: Panel[] = [
    { ...base, lines: lossLines(history), yTitle: LOSS, legend: true },
    { ...base, lines: learningRateLines(steps), yTitle: 'learning rate', yScale: 'log' },
    {
      ...base,
      lines: gradientNorm,
      legend: gradientNorm.length > 1,
      yTitle: 'gradient norm before clipping',
      yScale: 'log',
    },
    { ...base, lines: [weightNorm], yTitle: 'weight norm' },
  ];
  return picture(`Monitoring of ${name}`, summarize(history), panels, 2);
}

/** A run as one of several. */
export interface NamedRun {
  readonly name: string;
  readonly history: RunHistory;
}

/** Runs of one name are told apart by a number. */
function distinctNames(runs: readonly NamedRun[]): string[] {
  const names = runs.map(({ name }) => shorten(name, LONGEST_NAME));
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}

/** The losses of several runs over one another: a color each, train solid, validation dashed. */
export function runsSpec(runs: readonly NamedRun[]): PlotSpec {
  const names = distinctNames(runs);
  const lines = runs.flatMap(({ history: { steps, evals } }, i): Line[] => {
    const name = names[i];
    const color = RUN_COLORS[i % RUN_COLORS.length];
    const validation = { name, color, width: 2, dashed: true, points: toPoints(evals.step, evals.loss) };
    return [meanLine(steps.step, steps.loss, name, color), validation];
  });
  const xRange = stepRange(...runs.map(({ history }) => history));
  return picture('Loss of runs', 'solid: train, a moving mean where there are many steps; dashed: validation', [
    { lines, xTitle: 'step', xRange, yTitle: LOSS, yScale: 'linear', legend: true, width: WIDTH, height: 600 },
  ]);
}
