export { bigramLoss } from './bigram.js';
export { decodeText } from './decode-text.js';
export { tokenizeDocuments, type Document } from './documents.js';
export {
  sequentialExamples,
  longestRow,
  shuffledExamples,
  type ExampleBatchesOptions,
  type SequentialExamplesOptions,
  type ShuffledExamplesOptions,
} from './example-batches.js';
export { exampleFormats, readExamples, type Example, type ExampleFormat } from './examples.js';
export { sequentialBatches, type SequentialBatchesOptions } from './sequential-batches.js';
export { shuffledBatches, type ShuffledBatchesOptions } from './shuffled-batches.js';
export { splitExamples, splitTokens, type Split } from './split.js';
export { embeddedCorpus } from './stories/corpus.js';
export { generateStories, type StoriesOptions } from './stories/generate-stories.js';
export { tokenizeExamples, type TokenizedExample, type TokenizedExamples } from './tokenize-examples.js';
export { windows, type WindowOptions, type Windows } from './windows.js';
