export { evaluate, type Evaluation } from './evaluate.js';
export type { EarlyStopping, TrainOptions, TrainRun, TrainStart } from './loop/options.js';
export { train } from './loop/train.js';
export { adamw, type AdamwOptions } from './optimizers/adamw.js';
export { chain } from './optimizers/chain.js';
export { clipByGlobalNorm } from './optimizers/clip.js';
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
export { trainableOf } from './trainable.js';
export { trainStep, type TrainStepOptions, type TrainStepResult } from './train-step.js';
