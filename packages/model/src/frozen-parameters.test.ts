import { useBackend, type BackendInUse } from '@sheep/backend';
import { beforeAll, describe, expect, it } from 'vitest';
import { backendsHere, ourBackendsHere } from '../../../test/backends-here.js';
import { gpt } from './gpt.js';
import { batchOf, measurePass } from './measure-pass.fixture.js';

const model = gpt({
  vocabSize: 401,
  contextLength: 32,
  layerCount: 3,
  headCount: 2,
  embeddingSize: 16,
  feedForwardSize: 64,
  dropout: 0.2,
});

const isMatrix = (key: string) => /(?:wte|attn|mlp)\..*weight/.test(key);

describe.each(backendsHere)('frozen parameters on %s', (name) => {
  let backend: BackendInUse;
  beforeAll(async () => {
    backend = await useBackend(name);
  });

  it.each([
    ['all but the embeddings', /h\.|ln_f/],
    ['one block', /h\.1\./],
    ['one layer of each block', /c_attn/],
    ['biases and norms', /bias|ln_/],
    ['the token embedding', /wte/],
    ['the last norm', /ln_f/],
  ])('leave the gradients of the others as they are, to the bit: %s', (_, pattern) => {
    const batch = batchOf(4, 32, 401);
    const { found: all } = measurePass(backend, model, batch);
    const { found: some } = measurePass(backend, model, batch, (key) => pattern.test(key));
    const expected = Object.entries(all.gradients).filter(([key]) => pattern.test(key));
    expect(some).toEqual({ loss: all.loss, gradients: Object.fromEntries(expected) });
  });

  it.runIf(ourBackendsHere.includes(name))('have no gradients that take memory until the others are done', () => {
    // Few tokens, so that there is more of gradients than of anything else.
    const few = batchOf(1, 4, 401);
    const all = measurePass(backend, model, few);
    const matrices = Object.entries(all.found.gradients).filter(([key]) => isMatrix(key));
    const spared = matrices.reduce((sum, [, values]) => sum + 4 * values.length, 0);
    const { peak } = measurePass(backend, model, few, (key) => !isMatrix(key));
    expect(all.peak - peak).toBeGreaterThan(0.8 * spared);
  });
});
