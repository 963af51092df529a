import { useBackend, type BackendInUse } from '@sheep/backend';
import { beforeAll, describe, expect, it } from 'vitest';
import { backendsHere, ourBackendsHere } from '../../../test/backends-here.js';
import { gpt, type Gpt } from './gpt.js';
import { batchOf, measurePass } from './measure-pass.fixture.js';

const config = {
  vocabSize: 13,
  contextLength: 32,
  layerCount: 6,
  headCount: 2,
  embeddingSize: 16,
  feedForwardSize: 64,
  dropout: 0.2,
};
const keeping = gpt(config);
const recomputing = gpt(config, { gradientCheckpointing: true });

const batch = batchOf(4, 32, 13);

const someTrainable = (name: string) => /h\.[24]\..*(c_attn|ln_2)/.test(name);

describe.each(backendsHere)('gradient checkpointing on %s', (name) => {
  let backend: BackendInUse;
  beforeAll(async () => {
    backend = await useBackend(name);
  });

  const pass = (model: Gpt, trainable?: (name: string) => boolean) => measurePass(backend, model, batch, trainable);

  it('gives the same bits, dropout included, and leaves no tensor behind', () => {
    const { found } = pass(keeping);
    expect(Object.keys(found.gradients).length).toBe(2 + 6 * 12 + 2);
    expect(pass(recomputing).found).toEqual(found);
  });

  it('gives the same bits where only some parameters are trained', () => {
    const { found } = pass(keeping, someTrainable);
    expect(Object.keys(found.gradients).length).toBe(8);
    expect(pass(recomputing, someTrainable).found).toEqual(found);
  });

  it.runIf(ourBackendsHere.includes(name))('takes less memory', () => {
    pass(keeping);
    expect(pass(recomputing).peak).toBeLessThan(0.5 * pass(keeping).peak);
  });
});
