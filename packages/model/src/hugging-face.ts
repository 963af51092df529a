import { describeValue, SheepError } from '@sheep/core';
import { checkGptConfig, DEFAULT_INITIALIZER_RANGE, type GptConfig } from './config.js';

/** The content of `config.json` with which Hugging Face's `transformers` opens the model as `GPT2LMHeadModel`. */
export function toHuggingFace(config: GptConfig): Record<string, unknown> {
  return {
    architectures: ['GPT2LMHeadModel'],
    model_type: 'gpt2',
    activation_function: 'gelu_new',
    vocab_size: config.vocabSize,
    n_positions: config.contextLength,
    n_embd: config.embeddingSize,
    n_layer: config.layerCount,
    n_head: config.headCount,
    n_inner: config.feedForwardSize,
    embd_pdrop: config.dropout,
    attn_pdrop: config.dropout,
    resid_pdrop: config.dropout,
    layer_norm_epsilon: config.epsilon ?? 1e-5,
    initializer_range: config.initializerRange ?? DEFAULT_INITIALIZER_RANGE,
    bos_token_id: config.endOfText ?? null,
    eos_token_id: config.endOfText ?? null,
    tie_word_embeddings: true,
    dtype: 'float32',
  };
}

function unsupported(source: string, expected: string, received: string): SheepError {
  return new SheepError('unsupported', {
    doing: `reading ${source}`,
    expected,
    received,
    remedy: 'give the folder of a GPT-2 model',
  });
}

/** What GPT-2's code can be told to do differently, and the only value that this package computes. */
const FIXED: Readonly<Record<string, readonly unknown[]>> = {
  model_type: ['gpt2'],
  activation_function: ['gelu_new', 'gelu_pytorch_tanh', undefined],
  scale_attn_weights: [true, undefined],
  scale_attn_by_inverse_layer_idx: [false, undefined],
  add_cross_attention: [false, undefined],
  tie_word_embeddings: [true, undefined],
};

function requireFixed(json: Record<string, unknown>, source: string): void {
  for (const [key, allowed] of Object.entries(FIXED)) {
    if (!allowed.includes(json[key])) {
      throw unsupported(source, `${key} ${JSON.stringify(allowed[0])}`, describeValue(json[key]));
    }
  }
}

function numberAt(json: Record<string, unknown>, key: string, source: string, fallback?: number): number {
  const value = json[key] ?? fallback;
  if (typeof value !== 'number') throw unsupported(source, `a number ${key}`, describeValue(json[key]));
  return value;
}

/**
 * Reads the `config.json` of a GPT-2 that `transformers` or this package wrote.
 *
 * @param source what to call the file in messages.
 * @throws SheepError `unsupported` where it describes another model, `bad-option` where no model has its sizes.
 */
export function fromHuggingFace(json: unknown, source = 'config.json'): GptConfig {
  if (typeof json !== 'object' || json === null) throw unsupported(source, 'a JSON object', describeValue(json));
  const fields = json as Record<string, unknown>;
  requireFixed(fields, source);
  const number = (key: string, fallback?: number) => numberAt(fields, key, source, fallback);
  const config: GptConfig = {
    vocabSize: number('vocab_size'),
    contextLength: number('n_positions'),
    layerCount: number('n_layer'),
    headCount: number('n_head'),
    embeddingSize: number('n_embd'),
    feedForwardSize: number('n_inner', 4 * number('n_embd')),
    dropout: number('resid_pdrop', 0),
    epsilon: number('layer_norm_epsilon', 1e-5),
    initializerRange: number('initializer_range', DEFAULT_INITIALIZER_RANGE),
    ...(typeof fields.eos_token_id === 'number' ? { endOfText: fields.eos_token_id } : {}),
  };
  checkGptConfig(config);
  return config;
}
