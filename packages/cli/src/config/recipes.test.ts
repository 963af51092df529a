import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from './read.js';
import { resolveConfig } from './resolve.js';
import type { RunConfig } from './schema.js';

const folder = fileURLToPath(new URL('../../../../examples/recipes', import.meta.url));
const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));

async function load(name: string): Promise<RunConfig> {
  return resolveConfig([await readConfigFile(join(folder, `${name}.yaml`))]);
}

describe('recipes', () => {
  it.each(files)(
    '%s is read by the command line, bears its own name and points editors to the schema',
    async (file) => {
      expect((await load(file.replace('.yaml', ''))).name).toBe(file.replace('.yaml', ''));
      const [, schema] = /\$schema=(\S+)/.exec(await readFile(join(folder, file), 'utf8')) ?? [];
      expect(existsSync(resolve(dirname(join(folder, file)), schema))).toBe(true);
    },
  );

  it('the default one says what the defaults are', async () => {
    expect(await load('nano-stories')).toEqual({ ...resolveConfig([]), name: 'nano-stories' });
  });

  it('those after other systems have their numbers', async () => {
    const model = { layerCount: 4, headCount: 4, embeddingSize: 128, contextLength: 64 };
    expect(await load('shakespeare')).toMatchObject({
      model,
      train: { batchSize: 12, maxSteps: 2000, learningRate: 1e-3, optimizer: { betas: [0.9, 0.99] } },
    });
    expect(await load('wikitext-2')).toMatchObject({
      model: {
        contextLength: 128,
        embeddingSize: 256,
        layerCount: 4,
        headCount: 4,
        feedForwardSize: 1024,
        dropout: 0.1,
      },
      train: {
        learningRate: 3e-4,
        maxSteps: 3000,
        optimizer: { weightDecay: 0.01 },
        schedule: { warmupSteps: 300 },
        earlyStopping: { patience: 2 },
      },
    });
    expect(await load('tiny-stories')).toMatchObject({
      tokenizer: { kind: 'gpt2' },
      data: { validationFraction: 0.1, stride: 64 },
      model: { contextLength: 128 },
      train: { learningRate: 3e-4, optimizer: { betas: [0.9, 0.95], weightDecay: 0.1 } },
    });
    expect(await load('sheepop')).toMatchObject({
      data: { validationFraction: 0.2 },
      train: { learningRate: 1e-4, schedule: { kind: 'cosine' } },
    });
  });
});
