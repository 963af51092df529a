export { readModelConfig, readModelFolder, readParameters, readUnmerged } from './read-model-folder.js';
