import { createHash } from 'node:crypto';
import { SheepError, type BatchSource, type Schedule, type Tokenizer } from '@sheep/core';
import {
  bigramLoss,
  type Document,
  sequentialBatches,
  shuffledBatches,
  type Split,
  splitTokens,
  tokenizeDocuments,
} from '@sheep/data';
import { readDocuments } from '@sheep/data/node';
import { gpt, type Gpt } from '@sheep/model';
import type { RunConfig } from '../config/schema.js';
import { formatCount } from '../screen/format.js';
import type { Screen } from '../screen/screen.js';
import { openTokenizer } from './open-tokenizer.js';
import { settleSchedule } from './run-schedule.js';

/** All that a run needs, read, checked and made before anything is written. */
export interface Plan {
  readonly config: RunConfig;
  readonly tokenizer: Tokenizer;
  readonly split: Split;
  readonly data: BatchSource;
  /** Undefined where no text is kept for validation. */
  readonly validation: BatchSource | undefined;
  readonly model: Gpt;
  readonly totalSteps: number;
  readonly schedule: Schedule;
  /** Validation loss of a bigram model of the same tokens, nats a token. */
  readonly bigram: number | undefined;
  /** What samples start with; in the tokenizer's vocabulary. */
  readonly samplePrompt: string;
  /** SHA-256 of all tokens. */
  readonly dataHash: string;
}

const LONGEST_PROMPT = 20;

/** The first words of a text, as many as a person would type: four at most, of one line. */
function firstWords(text: string): string {
  const [words = text] = /\S+(?: \S+){0,3}/u.exec(text) ?? [];
  const prompt = Array.from(words).slice(0, LONGEST_PROMPT).join('');
  return prompt === words ? words : prompt.replace(/ \S*$/u, '');
}

function hashOf({ training, validation }: Split): string {
  return createHash('sha256').update(training).update(validation).digest('hex');
}

/** The first step at which one of the two limits is reached. */
function stepsOf({ train }: RunConfig, batchesPerEpoch: number): number {
  const stepsPerEpoch = Math.ceil(batchesPerEpoch / train.gradientAccumulation);
  const byEpochs = train.maxEpochs === null ? Infinity : train.maxEpochs * stepsPerEpoch;
  return Math.min(train.maxSteps ?? Infinity, byEpochs);
}

function makeModel({ model, train }: RunConfig, { vocabSize, endOfText }: Tokenizer): Gpt {
  const { preset: _, ...sizes } = model;
  const { gradientCheckpointing } = train;
  return gpt({ ...sizes, vocabSize, ...(endOfText === undefined ? {} : { endOfText }) }, { gradientCheckpointing });
}

function makeBatches({ seed, data, model, train }: RunConfig, { training, validation }: Split) {
  const sizes = { contextLength: model.contextLength, batchSize: train.batchSize };
  const maxBatches = train.evalBatches === null ? {} : { maxBatches: train.evalBatches };
  return {
    data: shuffledBatches({ tokens: training, stride: data.stride, seed, ...sizes }),
    validation:
      data.validationFraction === 0 ? undefined : sequentialBatches({ tokens: validation, ...sizes, ...maxBatches }),
  };
}

function checkPrompt(prompt: string, tokenizer: Tokenizer): string {
  try {
    tokenizer.encode(prompt);
    return prompt;
  } catch (cause) {
    if (!(cause instanceof SheepError)) throw cause;
    throw new SheepError(cause.code, { ...cause.parts, doing: 'reading train.samplePrompt' }, { cause });
  }
}

async function readTexts(paths: readonly string[], screen: Screen): Promise<Document[]> {
  screen.status(`reading ${paths.join(', ')}`);
  return readDocuments(paths);
}

/**
 * Reads and tokenizes the data and makes model and batches. Writes nothing.
 *
 * @throws SheepError for whatever is wrong with the input.
 */
export async function planRun(given: RunConfig, screen: Screen): Promise<Plan> {
  const documents = await readTexts(given.data.paths, screen);
  const tokenizer = await openTokenizer(given.tokenizer.kind, documents);
  const characters = documents.reduce((sum, { text }) => sum + text.length, 0);
  screen.status(`tokenizing ${formatCount(characters)} characters with ${tokenizer.name}`);
  const split = splitTokens(tokenizeDocuments(documents, tokenizer), given.data.validationFraction);
  const batches = makeBatches(given, split);
  const totalSteps = stepsOf(given, batches.data.batchesPerEpoch);
  return {
    ...batches,
    ...settleSchedule(given, totalSteps, (text) => screen.note(text)),
    tokenizer,
    split,
    model: makeModel(given, tokenizer),
    totalSteps,
    bigram: batches.validation && bigramLoss(split.training, split.validation, tokenizer.vocabSize),
    dataHash: hashOf(split),
    samplePrompt: checkPrompt(given.train.samplePrompt ?? firstWords(documents[0].text), tokenizer),
  };
}
