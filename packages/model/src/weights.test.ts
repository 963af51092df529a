import { readFileSync } from 'node:fs';
import { useBackend } from '@sheep/backend';
import { readSafetensors, SheepError, treeToSafetensors, writeSafetensors, type StoredTensor } from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromHuggingFace } from './hugging-face.js';
import { parameterSpecs } from './parameters.js';
import { loadWeights } from './weights.js';

const folder = new URL('../../../fixtures/gpt2/tiny/', import.meta.url);
const config = fromHuggingFace(JSON.parse(readFileSync(new URL('config.json', folder), 'utf8')));
const bytes = new Uint8Array(readFileSync(new URL('model.safetensors', folder)));
const { tensors } = readSafetensors(bytes);

const QKV = 'transformer.h.1.attn.c_attn.weight';

/** The file with some tensors changed, added or, where undefined, taken out. */
function changed(changes: Record<string, StoredTensor | undefined>): Uint8Array {
  const all = Object.entries({ ...Object.fromEntries(tensors), ...changes });
  return writeSafetensors(new Map(all.filter((entry): entry is [string, StoredTensor] => entry[1] !== undefined)));
}

function refusal(file: Uint8Array, of = config): string {
  const before = memory().numTensors;
  try {
    loadWeights(of, file, 'some.safetensors');
  } catch (error) {
    if (!(error instanceof SheepError)) throw error;
    return `${error.code}: ${error.message}${memory().numTensors === before ? '' : ', and tensors are left'}`;
  }
  return 'nothing was thrown';
}

beforeAll(() => useBackend('js'));

describe('loadWeights', () => {
  it('reads the file that transformers wrote, and writes the same values under the same names', async () => {
    const params = loadWeights(config, bytes);
    expect(Object.keys(params)).toEqual(parameterSpecs(config).map(({ name }) => name));
    const written = readSafetensors(await treeToSafetensors(params)).tensors;
    expect([...written.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, { shape, data }] of tensors) expect(written.get(name)).toMatchObject({ shape, data });
    disposeTree(params);
  });

  it('reads names without the prefix, the tied head and the masks of the first published files', () => {
    const ones: StoredTensor = { dtype: 'F32', shape: [1, 1, 2, 2], data: new Float32Array(4).fill(1) };
    const old = [...tensors].map(([name, tensor]) => [name.replace('transformer.', ''), tensor] as const);
    const extras = [
      ['h.0.attn.bias', ones],
      ['h.1.attn.masked_bias', { dtype: 'F32', shape: [], data: Float32Array.of(-1e4) } as StoredTensor],
      ['lm_head.weight', tensors.get('transformer.wte.weight')!],
    ] as const;
    const params = loadWeights(config, writeSafetensors(new Map([...old, ...extras])));
    expect(params[QKV].dataSync()).toEqual(tensors.get(QKV)!.data);
    expect(Object.keys(params).length).toBe(tensors.size);
    disposeTree(params);
  });

  it('reads one tensor of half precision among others', () => {
    const { shape } = tensors.get(QKV)!;
    const half: StoredTensor = { dtype: 'BF16', shape, data: new Uint16Array(shape[0] * shape[1]).fill(0x3fc0) };
    const params = loadWeights(config, changed({ [QKV]: half }));
    expect(params[QKV].dataSync().every((value) => value === 1.5)).toBe(true);
    disposeTree(params);
  });

  it('refuses a tensor of another shape, a missing one and one too many, by name', () => {
    const [rows, columns] = tensors.get(QKV)!.shape;
    expect(refusal(changed({ [QKV]: { ...tensors.get(QKV)!, shape: [columns, rows] } }))).toBe(
      `mismatch: reading the weights in some.safetensors: expected ${QKV} of shape [24, 72], received [72, 24]; ` +
        'give the weights that belong to this config.json',
    );
    expect(refusal(changed({ [QKV]: undefined }))).toContain(`expected a tensor ${QKV}, received none of that name;`);
    const extra = 'transformer.h.2.ln_1.weight';
    expect(refusal(changed({ [extra]: tensors.get('transformer.h.1.ln_1.weight') }))).toContain(
      `received also ${extra};`,
    );
  });

  it('refuses the file of a model with another number of layers before it makes anything', () => {
    expect(refusal(bytes, { ...config, layerCount: 3 })).toContain('expected a tensor transformer.h.2.ln_1.weight');
    expect(refusal(bytes, { ...config, layerCount: 2 ** 40 })).toContain(
      `mismatch: reading the weights in some.safetensors: expected the tensors of ${2 ** 40} layers, received 28 tensors in all`,
    );
    expect(refusal(bytes, { ...config, vocabSize: 62 })).toContain('transformer.wte.weight of shape [62, 24]');
  });

  it('refuses a file that was cut off', () => {
    for (const length of [0, 7, 100, bytes.length - 1]) {
      expect(refusal(bytes.subarray(0, length))).toMatch(/^bad-file: reading some\.safetensors: /);
    }
  });
});
