export { checkpointFolder, type CheckpointFolderOptions } from './checkpoints/checkpoint-folder.js';
export { findWholeCheckpoint, type WholeCheckpoint } from './checkpoints/find-whole-checkpoint.js';
export type { ReadCheckpoint } from './checkpoints/parse-state.js';
export type { Which } from './checkpoints/pointers.js';
export { findCheckpoint, readCheckpoint } from './checkpoints/read-checkpoint.js';
export { readOptimizerState, readTrainingWeights } from './checkpoints/read-optimizer-state.js';
