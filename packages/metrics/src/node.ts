export { type MetricsFile, openMetricsFile } from './files/metrics-file.js';
export { lengthThrough, readMetrics } from './files/read-metrics.js';
export { renderPng } from './files/render-png.js';
export { openSamplesFile } from './files/samples-file.js';
export { openTrainingMetricsFile, type TrainingMetricsFile } from './files/training-metrics-file.js';
export { plotRuns, type RunEvents, writePicture, writePlots } from './files/write-plots.js';
