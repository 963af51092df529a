import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@sheep/backend';
import { sha256 } from '@sheep/core/node';
import { disposeTree } from '@sheep/ops';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelFolder } from './read-model-folder.js';
import { toHalfWeights } from './weights.js';
import { backendsHere } from '../../../test/backends-here.js';

const fixtures = new URL('../../../fixtures/', import.meta.url);
const read = (path: string): Buffer => readFileSync(new URL(path, fixtures));
const folderOf = (path: string): string => fileURLToPath(new URL(path, fixtures));

/** Of all parameters as float32, computed by PyTorch. */
const hashes = JSON.parse(read('halves/weights.json').toString()) as Record<'F16' | 'BF16', string>;

describe.each(backendsHere)('weights of 16 bits on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it.each(['F16', 'BF16'] as const)('reads what transformers stored as %s, to the bit', async (dtype) => {
    const before = memory().numTensors;
    const { params } = await readModelFolder(folderOf(`halves/${dtype}`));
    const names = Object.keys(params).sort();
    expect(memory().numTensors).toBe(before + names.length);
    const values = names.map((name) => params[name].dataSync<'float32'>());
    const bytes = values.map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength));
    expect(sha256(Buffer.concat(bytes))).toBe(hashes[dtype]);
    disposeTree(params);
  });

  it.each(['F16', 'BF16'] as const)('stores as %s the bytes that transformers does', async (dtype) => {
    const { params } = await readModelFolder(folderOf('gpt2/tiny'));
    const before = memory().numTensors;
    const written = await toHalfWeights(params, dtype);
    expect(memory().numTensors).toBe(before);
    expect(Buffer.compare(written, read(`halves/${dtype}/model.safetensors`))).toBe(0);
    disposeTree(params);
  });
});
