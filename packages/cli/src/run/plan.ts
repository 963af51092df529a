import { SheepError, type Schedule, type Tokenizer } from '@sheep/core';
import { readModelConfig } from '@sheep/model/node';
import type { RunConfig } from '../config/schema.js';
import type { Screen } from '../screen/screen.js';
import { openTokenizer, tokenizerOfModel } from './open-tokenizer.js';
import { planData, type PlannedData, readTexts, type RunTexts } from './plan-data.js';
import { planModel, type PlannedModel } from './plan-model.js';
import { settleSchedule } from './run-schedule.js';

/** All that a run needs, read, checked and made before anything is written. */
export interface Plan extends PlannedData, PlannedModel {
  readonly config: RunConfig;
  readonly tokenizer: Tokenizer;
  readonly totalSteps: number;
  readonly schedule: Schedule;
  /** What samples start with; in the tokenizer's vocabulary. */
  readonly samplePrompt: string;
}

const LONGEST_PROMPT = 20;

/** The first words of a text, as many as a person would type: four at most, of one line. */
function firstWords(text: string): string {
  const [words = text] = /\S+(?: \S+){0,3}/u.exec(text) ?? [];
  const prompt = Array.from(words).slice(0, LONGEST_PROMPT).join('');
  return prompt === words ? words : prompt.replace(/ \S*$/u, '');
}

/** What a sample starts with: the prompt of the first example, or the first words there are. */
function promptOf({ documents, examples }: RunTexts): string {
  const prompt = examples?.[0].prompt ?? '';
  return prompt === '' ? firstWords(documents[0].text) : prompt;
}

/** The first step at which one of the two limits is reached. */
function stepsOf({ train }: RunConfig, batchesPerEpoch: number): number {
  const stepsPerEpoch = Math.ceil(batchesPerEpoch / train.gradientAccumulation);
  const byEpochs = train.maxEpochs === null ? Infinity : train.maxEpochs * stepsPerEpoch;
  return Math.min(train.maxSteps ?? Infinity, byEpochs);
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

/**
 * Reads and tokenizes the data and makes model and batches. Writes nothing.
 *
 * @param source the folder of the model that training starts from, or goes on with; undefined for fresh parameters.
 * @throws SheepError for whatever is wrong with the input.
 */
export async function planRun(given: RunConfig, source: string | undefined, screen: Screen): Promise<Plan> {
  const texts = await readTexts(given.data, screen);
  const tokenizer =
    source === undefined
      ? await openTokenizer(given.tokenizer.kind, texts.documents)
      : await tokenizerOfModel(source, readModelConfig(source).vocabSize);
  const data = planData(given, texts, tokenizer, screen);
  const totalSteps = stepsOf(given, data.data.batchesPerEpoch);
  return {
    ...data,
    ...planModel(given, tokenizer, source),
    ...settleSchedule(given, totalSteps, (text) => screen.note(text)),
    tokenizer,
    totalSteps,
    samplePrompt: checkPrompt(given.train.samplePrompt ?? promptOf(texts), tokenizer),
  };
}
