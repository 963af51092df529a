import { SheepError, type ModelSizes } from '@sheep/core';

/** The sizes and rates of a GPT-2. */
export interface GptConfig extends ModelSizes {
  readonly layerCount: number;
  readonly headCount: number;
  /** Width of the residual stream; a multiple of `headCount`. */
  readonly embeddingSize: number;
  /** Width inside the feed-forward part of a block. */
  readonly feedForwardSize: number;
  /** The share dropped after the embeddings, in the attention weights and before each residual; 0 to below 1. */
  readonly dropout: number;
  /** Added to the variance in layer norms; 1e-5 unless given. */
  readonly epsilon?: number;
  /** Standard deviation of fresh weights; 0.02, as GPT-2 has it, unless given. */
  readonly initializerRange?: number;
  /** The token that ends a text; written to config.json. */
  readonly endOfText?: number;
}

/** What a preset fixes: the sizes, and fresh weights that suit the width. */
export type PresetSizes = Required<
  Pick<
    GptConfig,
    'contextLength' | 'layerCount' | 'headCount' | 'embeddingSize' | 'feedForwardSize' | 'initializerRange'
  >
>;

function preset(
  layerCount: number,
  headCount: number,
  embeddingSize: number,
  contextLength: number,
  initializerRange: number,
): PresetSizes {
  return { contextLength, layerCount, headCount, embeddingSize, feedForwardSize: 4 * embeddingSize, initializerRange };
}

/**
 * Named sizes. `gpt2` and `gpt2-medium` are those of the published models. Narrow models start from larger weights:
 * at GPT-2's 0.02 the embedding of one of width 128 needs hundreds of steps to grow.
 */
export const presets = {
  pico: preset(2, 4, 128, 64, 0.06),
  nano: preset(4, 4, 128, 64, 0.06),
  tiny: preset(6, 6, 192, 128, 0.05),
  small: preset(6, 6, 384, 256, 0.035),
  gpt2: preset(12, 12, 768, 1024, 0.02),
  'gpt2-medium': preset(24, 16, 1024, 1024, 0.02),
} as const satisfies Record<string, PresetSizes>;

/** The name of a preset. */
export type PresetName = keyof typeof presets;

/** GPT-2's standard deviation of fresh weights. */
export const DEFAULT_INITIALIZER_RANGE = 0.02;

const COUNTS = [
  'vocabSize',
  'contextLength',
  'layerCount',
  'headCount',
  'embeddingSize',
  'feedForwardSize',
] as const satisfies readonly (keyof GptConfig)[];

function bad(expected: string, received: string, remedy: string): SheepError {
  return new SheepError('bad-option', { doing: 'checking the model configuration', expected, received, remedy });
}

/** @throws SheepError `bad-option` where no model has these sizes. */
export function checkGptConfig(config: GptConfig): void {
  for (const name of COUNTS) {
    if (!Number.isSafeInteger(config[name]) || config[name] < 1) {
      throw bad(`${name} to be a whole number from 1`, `${config[name]}`, `set ${name}`);
    }
  }
  const { embeddingSize, headCount, dropout, epsilon = 1e-5, initializerRange = DEFAULT_INITIALIZER_RANGE } = config;
  if (embeddingSize % headCount !== 0) {
    throw bad(
      'embeddingSize to be a multiple of headCount',
      `embeddingSize ${embeddingSize} and headCount ${headCount}`,
      'change one of the two',
    );
  }
  if (!(initializerRange > 0 && initializerRange < Infinity)) {
    throw bad('initializerRange above 0', `${initializerRange}`, 'set initializerRange');
  }
  if (!(dropout >= 0 && dropout < 1)) {
    throw bad('dropout from 0 to below 1', `${dropout}`, 'set dropout');
  }
  if (!(epsilon > 0 && epsilon < Infinity)) {
    throw bad('an epsilon above 0', `${epsilon}`, 'leave epsilon out, or set it');
  }
}
