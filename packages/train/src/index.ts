export { evaluate, type Evaluation } from './evaluate.js';
export {
  rewindNotFinite,
  skipNotFinite,
  stopAtNotFinite,
  type Decision,
  type NotFinitePolicy,
  type NotFiniteStep,
  type RewindOptions,
  type SkipOptions,
} from './health/policies.js';
export { finished } from './loop/due.js';
export type { TrainOptions, TrainRun, TrainStart } from './loop/options.js';
export type { Ending } from './loop/session.js';
export { train } from './loop/train.js';
export { adafactor, type AdafactorOptions } from './optimizers/adafactor.js';
export { adam, type AdamOptions } from './optimizers/adam.js';
export { adamw, type AdamwOptions } from './optimizers/adamw.js';
export { averaged } from './optimizers/averaged.js';
export { chain } from './optimizers/chain.js';
export { clipByGlobalNorm, clipByValue } from './optimizers/clip.js';
export {
  createOptimizer,
  learningRateScaleOf,
  optimizerKinds,
  optimizerSettingsOf,
  type OptimizerKind,
  type OptimizerOptions,
  type OptimizerSettings,
} from './optimizers/create-optimizer.js';
export { type ParameterGroup } from './optimizers/groups.js';
export { lion, type LionOptions } from './optimizers/lion.js';
export { muon, muonAdjustments, type MuonAdjustment, type MuonOptions } from './optimizers/muon.js';
export { partition, type LabelOf } from './optimizers/partition.js';
export { perParameter, type RuleInput, type UpdateRule } from './optimizers/per-parameter.js';
export { scaleLearningRate } from './optimizers/scale-learning-rate.js';
export { sgd, type SgdOptions } from './optimizers/sgd.js';
export { addDecayedWeights, type DecayMask, type WeightDecay } from './optimizers/weight-decay.js';
export { lossSpike, type LossSpikeOptions } from './rules/loss-spike.js';
export { maxMinutes } from './rules/max-minutes.js';
export { improves, metricNames, type Metric, type MetricValue } from './rules/metric.js';
export { overfitting, type OverfittingOptions } from './rules/overfitting.js';
export { patience, type PatienceOptions } from './rules/patience.js';
export type { Measurement, Rule } from './rules/rule.js';
export { target, type TargetOptions } from './rules/target.js';
export {
  checkScheduleSettings,
  createSchedule,
  scheduleKinds,
  settingsInForce,
  settingsOf,
  warmupCosine,
  type ScheduleKind,
  type ScheduleOptions,
} from './schedules/create-schedule.js';
export { decayShapes, type DecayShape, type ScheduleRange, type ScheduleSettings } from './schedules/numbers.js';
export {
  atLeast,
  constant,
  cosine,
  cosineRestarts,
  exponential,
  inverseSquareRoot,
  join,
  linear,
  piecewise,
  squareRoot,
  type RateChange,
  type Restarts,
} from './schedules/schedules.js';
export { matchesName } from './name-pattern.js';
export { trainableOf } from './trainable.js';
export { trainStep, type TrainStepOptions, type TrainStepResult } from './train-step.js';
