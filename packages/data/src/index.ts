export { bigramLoss } from './bigram.js';
export { decodeText } from './decode-text.js';
export { tokenizeDocuments, type Document } from './documents.js';
export { sequentialBatches, type SequentialBatchesOptions } from './sequential-batches.js';
export { shuffledBatches, type ShuffledBatchesOptions } from './shuffled-batches.js';
export { splitTokens, type Split } from './split.js';
export { embeddedCorpus } from './stories/corpus.js';
export { generateStories, type StoriesOptions } from './stories/generate-stories.js';
export { windows, type WindowOptions, type Windows } from './windows.js';
