import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SheepError } from '../errors.js';
import { ARRAY_CLASSES, type Dtype, type StoredTensor } from './dtypes.js';
import { readSafetensors } from './read.js';
import { safetensorsChunks, writeSafetensors } from './write.js';

const fixture = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../../../../fixtures/${path}`, import.meta.url)));

const WRITTEN_BY_REFERENCE = [
  'safetensors/every-type.safetensors',
  'safetensors/plain.safetensors',
  'safetensors/empty.safetensors',
  'safetensors/half.safetensors',
  'gpt2/tiny/model.safetensors',
  'gpt2/reference.safetensors',
];

const f32 = (shape: number[], values: number[]): StoredTensor => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from(values),
});

describe('writeSafetensors', () => {
  it.each(WRITTEN_BY_REFERENCE)('writes the bytes of the reference writer: %s', (path) => {
    const expected = fixture(path);
    const { tensors, metadata } = readSafetensors(expected);
    const backward = new Map([...tensors].reverse());
    expect(Buffer.compare(writeSafetensors(backward, metadata), expected)).toBe(0);
  });

  it('gives the data as views, without a copy', () => {
    const data = new Float32Array([1, 2, 3, 4]);
    const [, chunk] = safetensorsChunks(new Map([['a', { dtype: 'F32', shape: [2], data: data.subarray(1, 3) }]]));
    expect([chunk.buffer === data.buffer, chunk.byteOffset, chunk.byteLength]).toEqual([true, 4, 8]);
  });

  it('keeps names that look like numbers in the order of their bytes', () => {
    const names = ['10', '9', '-1', 'a'];
    const bytes = writeSafetensors(new Map(names.map((name) => [name, f32([], [1])])));
    expect([...readSafetensors(bytes).tensors.keys()]).toEqual(['-1', '10', '9', 'a']);
  });

  it('reads back what it wrote, of any type, shape and name', () => {
    const words = fc.uint8Array({ minLength: 48, maxLength: 48 });
    const shape = fc.constantFrom([6], [2, 3], [1, 6, 1], [6, 1], []);
    const dtype = fc.constantFrom(...(Object.keys(ARRAY_CLASSES) as Dtype[]));
    const tensor = fc.tuple(dtype, shape, words).map(([dtype, shape, bytes]) => {
      const data = new ARRAY_CLASSES[dtype](bytes.slice().buffer, 0, shape.length === 0 ? 1 : 6);
      return { dtype, shape, data } as StoredTensor;
    });
    const name = fc.string({ unit: 'binary' }).filter((text) => !text.startsWith('__'));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, tensor)), fc.dictionary(name, name), (entries, metadata) => {
        const tensors = new Map(entries);
        const back = readSafetensors(writeSafetensors(tensors, metadata));
        expect(back.tensors).toEqual(tensors);
        expect(back.metadata).toEqual({ ...metadata });
      }),
    );
  });

  it.each([
    ['a shape that does not fit', new Map([['a', f32([3], [1, 2])]]), {}, /as its shape \[3\] says, received 2/],
    ['a negative shape', new Map([['a', f32([-1, -2], [1, 2])]]), {}, /\[-1, -2\]/],
    ['the name of the metadata', new Map([['__metadata__', f32([], [1])]]), {}, /another name/],
    ['the name __proto__', new Map([['__proto__', f32([], [1])]]), {}, /another name/],
    ['a name that is half a pair', new Map([['\ud83d', f32([], [1])]]), {}, /another name/],
    ['metadata that is half a pair', new Map(), { a: '\ud83d' }, /well-formed text for metadata "a"/],
    ['metadata that is a number', new Map(), { a: 1 as unknown as string }, /text for metadata "a", received 1/],
    [
      'an array of another type',
      new Map([['a', { ...f32([], [1]), dtype: 'I32' } as unknown as StoredTensor]]),
      {},
      /Int32Array/,
    ],
    [
      'an unknown type',
      new Map([['a', { ...f32([], [1]), dtype: 'X' } as unknown as StoredTensor]]),
      {},
      /received "X"/,
    ],
  ])('refuses %s', (_, tensors, metadata, message) => {
    const write = () => writeSafetensors(tensors, metadata);
    expect(write).toThrow(SheepError);
    expect(write).toThrow(message);
  });
});
