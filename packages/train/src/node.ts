export { checkpointFolder, type CheckpointFolderOptions } from './checkpoints/checkpoint-folder.js';
export type { Which } from './checkpoints/pointers.js';
export {
  findCheckpoint,
  readCheckpoint,
  readOptimizerState,
  type ReadCheckpoint,
} from './checkpoints/read-checkpoint.js';
