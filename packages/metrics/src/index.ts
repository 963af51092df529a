export {
  createHistory,
  type EpochColumns,
  type EvalColumns,
  type RunHistory,
  type StepColumns,
  type TrainingMetrics,
} from './history.js';
export { perplexity } from './perplexity.js';
export { createThroughput, type Throughput } from './throughput.js';
export { createTokenMean, type TokenMean, type TokenSum } from './token-mean.js';
export { lossByEpochSpec, monitoringSpec, type NamedRun, runsSpec, trainingCurveSpec } from './plots/pictures.js';
export { type NamedSchedule, schedulesSpec } from './plots/schedules-picture.js';
export type { PlotSpec } from './plots/panel.js';
export { renderSvg } from './plots/render-svg.js';
