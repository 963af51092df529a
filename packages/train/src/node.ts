export { checkpointFolder, type CheckpointFolderOptions, type WeightFiles } from './checkpoints/checkpoint-folder.js';
export { damageNote, findWholeCheckpoint, type WholeCheckpoint } from './checkpoints/find-whole-checkpoint.js';
export type { ReadCheckpoint } from './checkpoints/parse-state.js';
export type { Which } from './checkpoints/pointers.js';
export { findCheckpoint, readCheckpoint } from './checkpoints/read-checkpoint.js';
export { readOptimizerState, readTrainingWeights } from './checkpoints/read-optimizer-state.js';
export {
  loadCheckpoint,
  saveCheckpoint,
  type LoadedCheckpoint,
  type LoopCheckpoint,
  type NamedTrees,
} from './checkpoints/save-checkpoint.js';
