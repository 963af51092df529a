import { createHash } from 'node:crypto';
import type { BatchSource, Tokenizer } from '@sheep/core';
import {
  bigramLoss,
  type Document,
  type Example,
  readExamples,
  sequentialBatches,
  sequentialExamples,
  longestRow,
  shuffledBatches,
  shuffledExamples,
  splitExamples,
  splitTokens,
  tokenizeDocuments,
  tokenizeExamples,
} from '@sheep/data';
import { readDocuments } from '@sheep/data/node';
import type { RunConfig } from '../config/schema.js';
import { formatCount } from '../screen/format.js';
import type { Screen } from '../screen/screen.js';

/** The texts of a run, read but not tokenized. */
export interface RunTexts {
  readonly documents: readonly Document[];
  /** What they hold where they hold one example a line. */
  readonly examples: readonly Example[] | undefined;
}

/** The batches of a run and what they are made of. */
export interface PlannedData {
  readonly data: BatchSource;
  /** Undefined where nothing is kept for validation. */
  readonly validation: BatchSource | undefined;
  /** Tokens in a row of a training batch. */
  readonly rowLength: number;
  /** How much there is, for people. */
  readonly amounts: string;
  /** Validation loss of a bigram model of the same tokens, nats a token; undefined for examples. */
  readonly bigram: number | undefined;
  /** SHA-256 of all tokens. */
  readonly dataHash: string;
}

/** Reads the files of a configuration. */
export async function readTexts({ paths, format }: RunConfig['data'], screen: Screen): Promise<RunTexts> {
  screen.status(`reading ${paths.join(', ')}`);
  if (format === 'text') return { documents: await readDocuments(paths), examples: undefined };
  const lines = await readDocuments(paths, format === 'jsonl' ? ['jsonl'] : ['txt', 'md']);
  const examples = readExamples(lines, format);
  const documents = examples.map(({ name, prompt, completion }) => ({ name, text: prompt + completion }));
  return { documents, examples };
}

const tokensText = (training: number, validation: number, unit: string): string =>
  `${formatCount(training + validation)} ${unit}, ${formatCount(training)} for training, ${formatCount(validation)} for validation`;

function evaluationOptions({ train }: RunConfig): { batchSize: number; maxBatches?: number } {
  const { batchSize, evalBatches } = train;
  return { batchSize, ...(evalBatches === null ? {} : { maxBatches: evalBatches }) };
}

function planTokens(config: RunConfig, documents: readonly Document[], tokenizer: Tokenizer): PlannedData {
  const { seed, data, model, train } = config;
  const { training, validation } = splitTokens(tokenizeDocuments(documents, tokenizer), data.validationFraction);
  const contextLength = data.contextLength ?? model.contextLength;
  const windows = { contextLength, stride: data.stride, batchSize: train.batchSize };
  const seen = shuffledBatches({ tokens: training, seed, ...windows });
  const unseen =
    data.validationFraction === 0
      ? undefined
      : sequentialBatches({ tokens: validation, contextLength, ...evaluationOptions(config) });
  return {
    data: seen,
    validation: unseen,
    rowLength: contextLength,
    amounts: tokensText(training.length, validation.length, 'tokens'),
    bigram: unseen && bigramLoss(training, validation, tokenizer.vocabSize),
    dataHash: createHash('sha256').update(training).update(validation).digest('hex'),
  };
}

function planExamples(
  config: RunConfig,
  examples: readonly Example[],
  tokenizer: Tokenizer,
  screen: Screen,
): PlannedData {
  const { seed, data, model, train } = config;
  const tokenized = tokenizeExamples(examples, tokenizer, data.contextLength ?? model.contextLength);
  tellCut(tokenized.cut, examples.length, screen);
  if (tokenizer.endOfText === undefined) {
    screen.note(`the tokenizer ${tokenizer.name} has no end-of-text: the model does not learn where a text ends`);
  }
  const { training, validation } = splitExamples(tokenized.examples, data.validationFraction);
  const hash = createHash('sha256');
  for (const { tokens, promptLength } of tokenized.examples) hash.update(`${promptLength}/`).update(tokens);
  return {
    data: shuffledExamples({ examples: training, batchSize: train.batchSize, seed }),
    validation:
      data.validationFraction === 0
        ? undefined
        : sequentialExamples({ examples: validation, ...evaluationOptions(config) }),
    rowLength: longestRow(training),
    amounts: tokensText(training.length, validation.length, 'examples'),
    bigram: undefined,
    dataHash: hash.digest('hex'),
  };
}

function tellCut(cut: number, count: number, screen: Screen): void {
  if (cut === 0) return;
  const some = `${formatCount(cut)} of ${formatCount(count)} examples`;
  screen.note(`${some} are longer than the context and lose their end`);
}

/**
 * Tokenizes texts and makes the batches of a run.
 *
 * @throws SheepError for a text that the tokenizer has no tokens for, or too little of it.
 */
export function planData(config: RunConfig, texts: RunTexts, tokenizer: Tokenizer, screen: Screen): PlannedData {
  const { documents, examples } = texts;
  const characters = documents.reduce((sum, { text }) => sum + text.length, 0);
  screen.status(`tokenizing ${formatCount(characters)} characters with ${tokenizer.name}`);
  return examples ? planExamples(config, examples, tokenizer, screen) : planTokens(config, documents, tokenizer);
}
