import { readFileSync } from 'node:fs';
import { SheepError } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { presets } from './config.js';
import { fromHuggingFace, toHuggingFace } from './hugging-face.js';

const fixture = new URL('../../../fixtures/gpt2/tiny/config.json', import.meta.url);
const theirs = JSON.parse(readFileSync(fixture, 'utf8')) as Record<string, unknown>;

// config.json of the published gpt2 (124M), as its repository holds it.
const published = {
  activation_function: 'gelu_new',
  architectures: ['GPT2LMHeadModel'],
  attn_pdrop: 0.1,
  bos_token_id: 50256,
  embd_pdrop: 0.1,
  eos_token_id: 50256,
  initializer_range: 0.02,
  layer_norm_epsilon: 1e-5,
  model_type: 'gpt2',
  n_ctx: 1024,
  n_embd: 768,
  n_head: 12,
  n_layer: 12,
  n_positions: 1024,
  resid_pdrop: 0.1,
  summary_activation: null,
  summary_first_dropout: 0.1,
  summary_proj_to_labels: true,
  summary_type: 'cls_index',
  summary_use_proj: true,
  task_specific_params: { 'text-generation': { do_sample: true, max_length: 50 } },
  vocab_size: 50257,
};

const llama = {
  architectures: ['LlamaForCausalLM'],
  hidden_act: 'silu',
  hidden_size: 64,
  intermediate_size: 128,
  model_type: 'llama',
  num_attention_heads: 4,
  num_hidden_layers: 2,
  rms_norm_eps: 1e-6,
  vocab_size: 100,
};

function refusal(json: unknown): [code: string, message: string] {
  try {
    fromHuggingFace(json, 'model/config.json');
  } catch (error) {
    if (error instanceof SheepError) return [error.code, error.message];
    throw error;
  }
  return ['', 'nothing was thrown'];
}

describe('fromHuggingFace', () => {
  it('reads what transformers wrote', () => {
    expect(fromHuggingFace(theirs)).toEqual({
      vocabSize: 61,
      contextLength: 16,
      layerCount: 2,
      headCount: 2,
      embeddingSize: 24,
      feedForwardSize: 96,
      dropout: 0,
      epsilon: 1e-5,
      initializerRange: 0.02,
      endOfText: 60,
    });
  });

  it('reads the config of the published gpt2', () => {
    const expected = { ...presets.gpt2, vocabSize: 50257, dropout: 0.1, epsilon: 1e-5, endOfText: 50256 };
    expect(fromHuggingFace(published)).toEqual(expected);
  });

  it('refuses another model, and a GPT-2 that computes something else', () => {
    expect(refusal(llama)).toEqual([
      'unsupported',
      'reading model/config.json: expected model_type "gpt2", received "llama"; give the folder of a GPT-2 model',
    ]);
    for (const [key, value, expected] of [
      ['activation_function', 'relu', '"gelu_new"'],
      ['scale_attn_weights', false, 'true'],
      ['scale_attn_by_inverse_layer_idx', true, 'false'],
      ['add_cross_attention', true, 'false'],
      ['tie_word_embeddings', false, 'true'],
    ] as const) {
      const [code, message] = refusal({ ...published, [key]: value });
      expect(code).toBe('unsupported');
      expect(message).toContain(`expected ${key} ${expected}, received ${JSON.stringify(value)};`);
    }
  });

  it('refuses what is no config, lacks a size or has an impossible one', () => {
    for (const json of [null, 3, 'gpt2', []]) expect(refusal(json)[0]).toBe('unsupported');
    const { n_embd: _, ...without } = published;
    expect(refusal(without)[1]).toContain('expected a number n_embd, received nothing;');
    expect(refusal({ ...published, n_layer: '12' })[1]).toContain('expected a number n_layer, received "12";');
    expect(refusal({ ...published, n_head: 7 })[0]).toBe('bad-option');
    expect(refusal({ ...published, n_positions: -1 })[0]).toBe('bad-option');
  });
});

describe('toHuggingFace', () => {
  it('gives back what transformers wrote, of what this package knows', () => {
    const written = toHuggingFace(fromHuggingFace(theirs));
    const { n_inner: inner, ...others } = written;
    expect(inner).toBe(96); // theirs is null, which means four times the width
    for (const [key, value] of Object.entries(others)) expect([key, value]).toEqual([key, theirs[key]]);
  });

  it('is read back as the same config', () => {
    const config = {
      ...presets.nano,
      feedForwardSize: 300,
      vocabSize: 65,
      dropout: 0.25,
      epsilon: 1e-6,
      endOfText: 64,
    };
    expect(fromHuggingFace(JSON.parse(JSON.stringify(toHuggingFace(config))))).toEqual(config);
    const { endOfText: _, ...open } = config;
    expect(fromHuggingFace(toHuggingFace(open))).toEqual(open);
  });
});
