import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@sheep/backend';
import { SheepError } from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readModelFolder } from './read-model-folder.js';

const fixture = fileURLToPath(new URL('../../../fixtures/gpt2/tiny', import.meta.url));
let folder: string;

async function refusal(): Promise<string> {
  const error: unknown = await readModelFolder(folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SheepError);
  return `${(error as SheepError).code}: ${(error as SheepError).message.replaceAll(folder, '.')}`;
}

const give = (name: string, content: string | Uint8Array): Promise<void> => writeFile(join(folder, name), content);
const original = (name: string): Promise<Uint8Array> => readFile(join(fixture, name));

beforeAll(() => useBackend('js'));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheep-model-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('readModelFolder', () => {
  it('opens the folder that transformers wrote', async () => {
    const { model, params } = await readModelFolder(fixture);
    expect(model.config).toMatchObject({ vocabSize: 61, layerCount: 2, endOfText: 60 });
    expect(params['transformer.wte.weight'].shape).toEqual([61, 24]);
    disposeTree(params);
  });

  it('names the file that is not there', async () => {
    expect(await refusal()).toMatch(
      /^not-found: opening a model: expected the file .*config\.json, received none; give a folder/,
    );
    await give('config.json', await original('config.json'));
    expect(await refusal()).toMatch(/^not-found: .*model\.safetensors, received none/);
  });

  it('refuses a config that is no JSON, and weights that were cut off', async () => {
    await give('config.json', '{"model_type": "gpt2",');
    expect(await refusal()).toMatch(/^bad-file: reading .*config\.json: expected JSON, received SyntaxError/);
    await give('config.json', await original('config.json'));
    await give('model.safetensors', (await original('model.safetensors')).subarray(0, 5000));
    expect(await refusal()).toMatch(/^bad-file: reading .*model\.safetensors: /);
  });

  it('refuses weights larger than the model can have before it reads them', async () => {
    await give('config.json', await original('config.json'));
    await give('model.safetensors', '');
    await truncate(join(folder, 'model.safetensors'), 2 ** 40);
    expect(await refusal()).toMatch(
      /^bad-file: reading .*model\.safetensors: expected at most \d+ bytes, received 1099511627776;/,
    );
  });

  it('refuses the config of another model', async () => {
    await give('config.json', '{"model_type": "llama"}');
    expect(await refusal()).toMatch(
      /^unsupported: reading .*config\.json: expected model_type "gpt2", received "llama"/,
    );
  });
});
