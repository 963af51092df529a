export { readModelFolder } from './read-model-folder.js';
