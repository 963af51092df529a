import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SheepError } from '../errors.js';
import { readSafetensors } from './read.js';
import { toFloat32 } from './to-float32.js';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../../fixtures/safetensors/${name}`, import.meta.url)));

/** A file of any header, with as many data bytes as asked. */
function file(header: string | Uint8Array, dataBytes = 0, claimed?: bigint): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.byteLength + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(text.byteLength), true);
  bytes.set(text, 8);
  return bytes;
}

const tensor = (begin: number, end: number, shape = `[${end - begin}]`, dtype = '"U8"') =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":[${begin},${end}]}`;

/** The value of an IEEE 754 number of 16 bits. */
function shortFloat(word: number, exponentBits: number): number {
  const mantissaBits = 15 - exponentBits;
  const most = 2 ** exponentBits - 1;
  const [exponent, mantissa] = [(word >> mantissaBits) & most, (word % 2 ** mantissaBits) / 2 ** mantissaBits];
  const sign = word < 0x8000 ? 1 : -1;
  const bias = (most - 1) / 2;
  if (exponent === most) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? mantissa * 2 ** (1 - bias) : (1 + mantissa) * 2 ** (exponent - bias));
}

describe('readSafetensors on files of the reference writer', () => {
  it('reads every type', () => {
    const { tensors, metadata } = readSafetensors(fixture('every-type.safetensors'));
    expect(metadata).toEqual({ format: 'pt' });
    expect(tensors.size).toBe(21);
    const values = [0, 1, 2, 3, 0, 100];
    for (const [name, stored] of tensors) {
      if (!name.startsWith('type/')) continue;
      expect(`type/${stored.dtype}`).toBe(name);
      expect(stored.shape).toEqual([2, 3]);
      expect([...toFloat32(stored)]).toEqual(stored.dtype === 'BOOL' ? [0, 1, 1, 1, 0, 1] : values);
    }
    expect(tensors.get('extreme')?.data).toEqual(new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n, -1n]));
    expect(tensors.get('🐑')?.data).toEqual(new Float32Array([1.5, -2.25, 3.0e-5]));
  });

  it('reads a scalar, a tensor without elements and escaped names', () => {
    const { tensors, metadata } = readSafetensors(fixture('plain.safetensors'));
    expect(metadata).toEqual({});
    expect(tensors.get('scalar')).toEqual({ dtype: 'F64', shape: [], data: new Float64Array([0.1]) });
    expect(tensors.get('none')).toEqual({ dtype: 'F32', shape: [3, 0, 2], data: new Float32Array(0) });
    const escaped = 'quote " slash / back \\ line \n tab \t bell \x07 delete \x7f';
    expect(tensors.get(escaped)?.data).toEqual(new Uint8Array([0, 1, 2, 3, 4]));
    expect(tensors.get('constructor')?.data).toEqual(new Uint8Array([1, 0, 1]));
  });

  it('reads a file without tensors', () => {
    expect(readSafetensors(fixture('empty.safetensors')).tensors.size).toBe(0);
  });

  it.each(['F16', 'BF16'])('converts %s over its whole range as PyTorch does', (name) => {
    const { tensors } = readSafetensors(fixture('half.safetensors'));
    const converted = toFloat32(tensors.get(name)!);
    expect(converted.length).toBeGreaterThan(300);
    expect([...converted]).toEqual([...toFloat32(tensors.get(`${name} as F32`)!)]);
  });

  it('converts each of the 65,536 F16 and BF16 words by the definition of its format', () => {
    const words = Uint16Array.from({ length: 65_536 }, (_, word) => word);
    for (const [dtype, exponentBits] of [
      ['F16', 5],
      ['BF16', 8],
    ] as const) {
      const expected = Float32Array.from(words, (word) => shortFloat(word, exponentBits));
      expect(toFloat32({ dtype, shape: [words.length], data: words })).toEqual(expected);
    }
  });

  it('keeps the sign and the payload of an F16 NaN, and makes it quiet', () => {
    const converted = toFloat32({ dtype: 'F16', shape: [3], data: Uint16Array.of(0x7c01, 0xfe03, 0x7fff) });
    expect([...new Uint32Array(converted.buffer)]).toEqual([0x7fc0_2000, 0xffc0_6000, 0x7fff_e000]);
  });

  it('gives views of the bytes, and copies where they are not aligned', () => {
    const bytes = fixture('every-type.safetensors');
    const aligned = readSafetensors(bytes).tensors;
    expect(aligned.get('a.9')?.data.buffer).toBe(bytes.buffer);
    for (let shift = 1; shift < 8; shift += 1) {
      const moved = new Uint8Array(bytes.length + shift).subarray(shift);
      moved.set(bytes);
      expect(readSafetensors(moved).tensors).toEqual(aligned);
    }
  });
});

/** What a function returns or throws. */
function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

const HOSTILE: readonly (readonly [what: string, bytes: Uint8Array, message: RegExp])[] = [
  ['no bytes', new Uint8Array(0), /expected at least 8 bytes, received 0/],
  ['seven bytes', new Uint8Array(7), /expected at least 8 bytes, received 7/],
  ['a header longer than the file', file('{}', 0, 3n), /expected 11 bytes for the header, received a file of 10/],
  ['a header over the cap', file('{}', 0, 100_000_001n), /at most 100000000 bytes, received 100000001/],
  ['a header of 2^64 - 1 bytes', file('{}', 0, 2n ** 64n - 1n), /received 18446744073709551615/],
  ['a header of no bytes', file(''), /begins with \{/],
  ['a header that does not begin with {', file(' {}'), /begins with \{/],
  ['a header that is not JSON', file('{"a":'), /received text that is not JSON/],
  ['a list nested very deep', file(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`), /a type of tensor "a"/],
  ['a header that is not UTF-8', file(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), /UTF-8/],
  ['a tensor that is no object', file('{"a":1}'), /a type of tensor "a"/],
  ['a tensor that is null', file('{"a":null}'), /a type of tensor "a"/],
  ['an unknown type', file(`{"a":${tensor(0, 1, '[1]', '"F8"')}}`, 1), /among U64, .*, received "F8"/],
  ['a type that is an inherited name', file(`{"a":${tensor(0, 1, '[1]', '"toString"')}}`, 1), /received "toString"/],
  ['a type that is no text', file(`{"a":${tensor(0, 1, '[1]', '["U8"]')}}`, 1), /received \["U8"\]/],
  ['a negative dimension', file(`{"a":${tensor(0, 1, '[-1]')}}`, 1), /a shape of tensor "a" .* received \[-1\]/],
  ['two negative dimensions', file(`{"a":${tensor(0, 1, '[-1,-1]')}}`, 1), /received \[-1, -1\]/],
  ['a fractional dimension', file(`{"a":${tensor(0, 1, '[0.5]')}}`, 1), /received \[0\.5\]/],
  ['a dimension above 2^53', file(`{"a":${tensor(0, 1, '[1e300]')}}`, 1), /received \[1e\+300\]/],
  ['a product above 2^53', file(`{"a":${tensor(0, 1, '[4294967296,4294967296]')}}`, 1), /product below 2\^53/],
  ['a product above 2^53 times 0', file(`{"a":${tensor(0, 0, '[9007199254740991,4,0]')}}`), /product below 2\^53/],
  ['a shape that is no list', file(`{"a":${tensor(0, 1, '1')}}`, 1), /a shape of tensor "a" .* received 1/],
  ['a dimension that is text', file(`{"a":${tensor(0, 1, '["1"]')}}`, 1), /received \["1"\]/],
  ['a shape beyond its bytes', file(`{"a":${tensor(0, 1, '[2]')}}`, 1), /2 bytes apart/],
  ['a type beyond its bytes', file(`{"a":${tensor(0, 1, '[1]', '"F32"')}}`, 1), /4 bytes apart/],
  ['offsets that run backward', file(`{"a":${tensor(1, 0, '[1]')}}`, 1), /received \[1, 0\]/],
  ['a negative offset', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}'), /two whole numbers/],
  ['three offsets', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}', 1), /two whole numbers/],
  ['no offsets', file('{"a":{"dtype":"U8","shape":[1]}}', 1), /received nothing/],
  ['offsets beyond the file', file(`{"a":${tensor(0, 2)}}`, 1), /expected 2 bytes of tensor data, received 1/],
  ['data after the last tensor', file(`{"a":${tensor(0, 1)}}`, 2), /expected 1 bytes of tensor data, received 2/],
  ['overlapping tensors', file(`{"a":${tensor(0, 2)},"b":${tensor(1, 3)}}`, 3), /"b" to begin at byte 2.* received 1/],
  ['the same bytes twice', file(`{"a":${tensor(0, 2)},"b":${tensor(0, 2)}}`, 2), /begin at byte 2.* received 0/],
  ['a hole between tensors', file(`{"a":${tensor(0, 1)},"b":${tensor(2, 3)}}`, 3), /"b" to begin at byte 1/],
  ['a hole before the first', file(`{"a":${tensor(1, 2)}}`, 2), /"a" to begin at byte 0/],
  ['a name twice', file(`{"a":${tensor(0, 1)},"a":${tensor(0, 1)}}`, 1), /"a" twice/],
  ['a name twice, once escaped', file(`{"a":${tensor(0, 1)},"\\u0061" :${tensor(0, 1)}}`, 1), /"a" twice/],
  ['a field twice', file('{"a":{"dtype":"U8","shape":[1],"shape":[2],"data_offsets":[0,2]}}', 2), /"shape" twice/],
  ['metadata twice', file('{"__metadata__":{},"__metadata__":{}}'), /"__metadata__" twice/],
  ['metadata that is a list', file('{"__metadata__":["a"]}'), /__metadata__ that is a JSON object, received \["a"\]/],
  ['metadata that is null', file('{"__metadata__":null}'), /__metadata__ that is a JSON object, received null/],
  ['metadata that is a number', file('{"__metadata__":{"a":1}}'), /text for metadata "a", received 1/],
  ['a tensor named __proto__', file(`{"__proto__":${tensor(0, 1)}}`, 1), /plain names, received "__proto__"/],
  ['metadata named __proto__', file('{"__metadata__":{"__proto__":"a"}}'), /plain names, received "__proto__"/],
  ['a name that is half a pair', file(`{"\\ud83d":${tensor(0, 1)}}`, 1), /plain names/],
  ['a very long name', file(`{"${'a'.repeat(3_000_000)}":1}`), /a type of tensor "a{57}\.\.\."/],
];

describe('readSafetensors on hostile files', () => {
  it.each(HOSTILE)('refuses %s', (_, bytes, message) => {
    const read = () => readSafetensors(bytes, 'model.safetensors');
    expect(read).toThrow(SheepError);
    expect(read).toThrow(expect.objectContaining({ code: 'bad-file' }) as Error);
    expect(read).toThrow(message);
    expect(read).toThrow(/^reading model\.safetensors: [^\n]{1,300}$/);
  });

  it('accepts what only looks hostile', () => {
    const text = `{"a, \\"b\\": {":${tensor(0, 1)},"c":${tensor(1, 1)} , "__metadata__":{"k":"{\\"k\\":\\"k\\"}"}}  \n`;
    const { tensors, metadata } = readSafetensors(file(text, 1));
    expect([...tensors.keys()]).toEqual(['a, "b": {', 'c']);
    expect(metadata).toEqual({ k: '{"k":"k"}' });
  });

  it('refuses every truncation, and never fails otherwise on any change of bytes', () => {
    const valid = fixture('every-type.safetensors');
    for (let length = 0; length < valid.length; length += 1) {
      expect(() => readSafetensors(valid.subarray(0, length))).toThrow(SheepError);
    }
    const change = fc.record({ at: fc.nat(valid.length - 1), cut: fc.nat(3), bytes: fc.uint8Array({ maxLength: 3 }) });
    const changes = fc.array(change, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, (list) => {
        let bytes = [...valid];
        for (const { at, cut, bytes: inserted } of list) bytes = bytes.toSpliced(at, cut, ...inserted);
        const outcome = attempt(() => readSafetensors(Uint8Array.from(bytes)).tensors);
        expect(outcome instanceof Map || outcome instanceof SheepError).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
