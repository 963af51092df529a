import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from './decode-text.js';
import { invalidUtf8Offset } from './invalid-utf8.js';

const strict = new TextDecoder('utf-8', { fatal: true });

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** By the platform's decoder: the length of the longest start of the bytes that is whole, valid text. */
function referenceOffset(bytes: Uint8Array): number | undefined {
  if (isUtf8(bytes)) return undefined;
  let length = bytes.length - 1;
  while (!isUtf8(bytes.subarray(0, length))) length -= 1;
  return length;
}

describe('invalidUtf8Offset', () => {
  it('agrees with the platform on damaged text', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((s) => [...new TextEncoder().encode(s)]);
    // Bytes at the borders of what a lead or a second byte may be.
    const borders = [
      0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5,
    ];
    const damage = fc.array(fc.constantFrom(...borders), { maxLength: 6 });
    fc.assert(
      fc.property(text, damage, text, (before, middle, after) => {
        const bytes = Uint8Array.from([...before, ...middle, ...after]);
        expect(invalidUtf8Offset(bytes)).toBe(referenceOffset(bytes));
      }),
      { numRuns: 3000 },
    );
  });

  it('finds nothing in every code point of Unicode', () => {
    let text = '';
    for (let code = 1; code <= 0x10ffff; code += 1)
      if (code < 0xd800 || code > 0xdfff) text += String.fromCodePoint(code);
    expect(invalidUtf8Offset(new TextEncoder().encode(text))).toBeUndefined();
  });
});

describe('decodeText', () => {
  it('drops a byte order mark at the start only and keeps line ends', () => {
    const bytes = new TextEncoder().encode('\uFEFFa\r\nb\uFEFF\n');
    expect(decodeText('a.txt', bytes)).toBe('a\r\nb\uFEFF\n');
  });

  it.each([
    ['nothing', [], 'reading a.txt: expected UTF-8 text, received an empty file'],
    ['a byte order mark alone', [0xef, 0xbb, 0xbf], 'an empty file'],
    ['a zero byte', [65, 66, 0, 255], 'binary data (a zero byte at offset 2); give a text file'],
    [
      'Latin-1',
      [0x63, 0x61, 0x66, 0xe9, 0x20],
      'bytes that are not UTF-8 at offset 3 (0xe9); convert the file to UTF-8',
    ],
    ['a cut character', [0x61, 0xe2, 0x82], 'bytes that are not UTF-8 at offset 1 (0xe2)'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeText('a.txt', Uint8Array.from(bytes))).toThrow(message);
  });
});
