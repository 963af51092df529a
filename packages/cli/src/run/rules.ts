import {
  lossSpike,
  maxMinutes,
  overfitting,
  patience,
  rewindNotFinite,
  skipNotFinite,
  stopAtNotFinite,
  target,
  type NotFinitePolicy,
  type Rule,
} from '@sheep/train';
import type { RunConfig } from '../config/schema.js';

type TrainConfig = RunConfig['train'];

/** What ends a run of a configuration, besides its length. */
export function stopRules({ earlyStopping, maxMinutes: minutes, target: goal }: TrainConfig): Rule[] {
  const { patience: evaluations, patienceEpochs: epochs, ...judged } = earlyStopping;
  return [
    ...(goal.value === null ? [] : [target({ metric: goal.metric, value: goal.value })]),
    ...(evaluations === null ? [] : [patience({ evaluations, ...judged })]),
    ...(epochs === null ? [] : [patience({ epochs, ...judged })]),
    ...(minutes === null ? [] : [maxMinutes(minutes)]),
  ];
}

/** What gives advice in every run, with the keys to change. */
export function adviceRules(): Rule[] {
  return [
    lossSpike({ remedy: 'lower train.learningRate or train.gradientClip, or raise train.schedule.warmupSteps' }),
    overfitting({ remedy: 'train on more text, raise model.dropout, or lower train.maxSteps' }),
  ];
}

/** What a configuration says of numbers that are not finite. */
export function notFinitePolicy({
  policy,
  maxSkips,
  maxRewinds,
  rateFactor,
}: TrainConfig['onNotFinite']): NotFinitePolicy {
  if (policy === 'skip') return skipNotFinite({ maxSkips });
  return policy === 'rewind' ? rewindNotFinite({ maxRewinds, rateFactor }) : stopAtNotFinite();
}
