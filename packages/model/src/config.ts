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
  /** The token that ends a text; written to config.json. */
  readonly endOfText?: number;
}

/** The sizes that a preset fixes. */
export type PresetSizes = Pick<
  GptConfig,
  'contextLength' | 'layerCount' | 'headCount' | 'embeddingSize' | 'feedForwardSize'
>;

function preset(layerCount: number, headCount: number, embeddingSize: number, contextLength: number): PresetSizes {
  return { contextLength, layerCount, headCount, embeddingSize, feedForwardSize: 4 * embeddingSize };
}

/** Named sizes. `gpt2` and `gpt2-medium` are those of the published models. */
export const presets = {
  nano: preset(4, 4, 128, 64),
  tiny: preset(6, 6, 192, 128),
  small: preset(6, 6, 384, 256),
  gpt2: preset(12, 12, 768, 1024),
  'gpt2-medium': preset(24, 16, 1024, 1024),
} as const satisfies Record<string, PresetSizes>;

/** The name of a preset. */
export type PresetName = keyof typeof presets;

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
  const { embeddingSize, headCount, dropout } = config;
  if (embeddingSize % headCount !== 0) {
    throw bad(
      'embeddingSize to be a multiple of headCount',
      `embeddingSize ${embeddingSize} and headCount ${headCount}`,
      'change one of the two',
    );
  }
  if (!(dropout >= 0 && dropout < 1)) {
    throw bad('dropout from 0 to below 1', `${dropout}`, 'set dropout');
  }
}
