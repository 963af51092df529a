import { randomUniform, SheepError, streamOf, type ModelSizes, type ParamTree } from '@sheep/core';
import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { checkSampling, sampleToken, type SamplingOptions } from './sampling.js';

/** What text is generated with: any model that gives the logits after the last token. */
export interface NextTokenModel {
  readonly config: ModelSizes;
  /** (B, T) int32 ids to (B, V) logits; the caller disposes them. */
  nextLogits(params: ParamTree, ids: Tensor2D): Tensor2D;
}

/** How a text goes on. */
export interface GenerateOptions extends SamplingOptions {
  readonly maxNewTokens: number;
  /** The same seed and prompt give the same text; 0 unless given. */
  readonly seed?: number;
  /** A token that ends the text; it is not given out. */
  readonly stopAt?: number;
}

function checkPrompt(prompt: ArrayLike<number>, { vocabSize }: ModelSizes): void {
  const wrong = Array.from(prompt).find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabSize));
  if (prompt.length > 0 && wrong === undefined) return;
  throw new SheepError('bad-input', {
    doing: 'generating text',
    expected: `a prompt of at least one token below ${vocabSize}`,
    received: wrong === undefined ? 'an empty prompt' : `the token ${wrong}`,
    remedy: 'give a prompt in the vocabulary of this model',
  });
}

function checkCount(maxNewTokens: number): void {
  if (Number.isSafeInteger(maxNewTokens) && maxNewTokens >= 0) return;
  throw new SheepError('bad-option', {
    doing: 'generating text',
    expected: 'maxNewTokens, a whole number from 0',
    received: `${maxNewTokens}`,
    remedy: 'change that option',
  });
}

async function lastLogits(model: NextTokenModel, params: ParamTree, context: readonly number[]) {
  const ids = tensor2d([...context], [1, context.length], 'int32');
  const logits = model.nextLogits(params, ids);
  const values = await logits.data();
  ids.dispose();
  logits.dispose();
  return values;
}

/**
 * The tokens that follow a prompt, one by one. The model sees the last `contextLength` tokens of a longer prompt.
 * When the context is full it slides by half: the last position of a window is the one that a model knows least, since
 * no later one ever looks at it, and a text written there alone is visibly worse.
 *
 * @throws SheepError `bad-input` for a prompt that is empty or not of this vocabulary, `bad-option` for
 * options out of range.
 */
export async function* generate(
  model: NextTokenModel,
  params: ParamTree,
  prompt: ArrayLike<number>,
  options: GenerateOptions,
): AsyncGenerator<number, void, undefined> {
  checkPrompt(prompt, model.config);
  checkSampling(options);
  checkCount(options.maxNewTokens);
  const { maxNewTokens, seed = 0, stopAt } = options;
  const key = { seed, stream: streamOf('generate'), step: 0 };
  const { contextLength } = model.config;
  let context = Array.from(prompt).slice(-contextLength);
  for (let index = 0; index < maxNewTokens; index += 1) {
    if (context.length > contextLength) context = context.slice(-Math.ceil(contextLength / 2));
    const id = sampleToken(await lastLogits(model, params, context), options, randomUniform(key, index));
    if (id === stopAt) return;
    yield id;
    context.push(id);
  }
}
