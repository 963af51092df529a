import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { keysHelp } from './help.js';
import { configJsonSchema, keyPaths, schemaAt } from './json-schema.js';

it('is the file that editors read (write it again: src/config/write-schema.ts)', async () => {
  const file: unknown = JSON.parse(await readFile(new URL('../../config.schema.json', import.meta.url), 'utf8'));
  expect(file).toEqual(configJsonSchema());
});

it('describes every key, and the help shows each with its default', () => {
  for (const path of keyPaths()) expect(schemaAt(path)?.description).toMatch(/\w/);
  expect(keysHelp()).toContain('train.learningRate  (number)\n      the peak; the schedule scales it');
  expect(keysHelp()).toContain('train.maxEpochs  (integer | null, default null)');
});
