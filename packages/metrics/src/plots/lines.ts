import type { RunHistory, StepColumns } from '../history.js';
import type { Line } from './panel.js';
import { movingMean, toPoints } from './series.js';
import { COLORS } from './theme.js';

/** From this many steps on, a line of noisy values gets a moving mean over it. */
const SMOOTH_FROM = 200;
/** The mean's window is about a twenty-fifth of the line. */
const WINDOWS = 25;

interface NoisyStyle {
  readonly name: string;
  readonly color: string;
  readonly rawColor: string;
}

function meanReach(values: readonly number[]): number {
  return values.length < SMOOTH_FROM ? 0 : Math.round(values.length / (2 * WINDOWS));
}

/** A few values as they are, many as their moving mean. */
export function meanLine(steps: readonly number[], values: readonly number[], name: string, color: string): Line {
  return { name, color, width: 2, points: toPoints(steps, movingMean(values, meanReach(values))) };
}

/** A few noisy values as they are; many as a faint line with their moving mean on top. */
export function noisyLines(steps: readonly number[], values: readonly number[], style: NoisyStyle): Line[] {
  const reach = meanReach(values);
  const name = reach === 0 ? style.name : `${style.name}, ${(2 * reach + 1).toLocaleString('en-US')}-step mean`;
  const mean = meanLine(steps, values, name, style.color);
  if (reach === 0) return [mean];
  return [{ name: style.name, color: style.rawColor, width: 1, points: toPoints(steps, values) }, mean];
}

/** Train loss in blue and, where there is one, validation loss in red. */
export function lossLines({ steps, evals }: RunHistory): Line[] {
  const style = { name: 'train', color: COLORS.train, rawColor: COLORS.trainRaw };
  const train = noisyLines(steps.step, steps.loss, style);
  if (evals.step.length === 0) return train;
  const points = toPoints(evals.step, evals.loss);
  return [...train, { name: 'validation', color: COLORS.validation, width: 2, points }];
}

/** The learning rate in green. */
export function learningRateLines(steps: StepColumns): Line[] {
  const points = toPoints(steps.step, steps.learningRate);
  return [{ name: 'learning rate', color: COLORS.learningRate, width: 2, points }];
}

/** The x axis of lines over steps: from 0 to the last step of any run. */
export function stepRange(...histories: readonly RunHistory[]): [number, number] {
  const last = histories.map(({ steps, evals }) => Math.max(steps.step.at(-1) ?? 0, evals.step.at(-1) ?? 0));
  return [0, Math.max(1, ...last)];
}
