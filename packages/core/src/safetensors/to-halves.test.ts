import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HalfDtype } from './dtypes.js';
import { readSafetensors } from './read.js';
import { toFloat32 } from './to-float32.js';
import { toHalves } from './to-halves.js';

const fixture = readFileSync(new URL('../../../../fixtures/halves/rounded.safetensors', import.meta.url));
const { tensors } = readSafetensors(fixture);
const values = toFloat32(tensors.get('values')!);

const everyWord = Uint16Array.from({ length: 65_536 }, (_, word) => word);
const layout = { F16: { infinite: 0x7c00, quiet: 0x200 }, BF16: { infinite: 0x7f80, quiet: 0x40 } };

describe.each(['F16', 'BF16'] as const)('toHalves: %s', (dtype: HalfDtype) => {
  const { infinite, quiet } = layout[dtype];
  const isNaNWord = (word: number): boolean => (word & 0x7fff) > infinite;

  it('rounds as PyTorch does: ties, subnormals, overflow; NaN stays NaN', () => {
    const expected = tensors.get(dtype)!.data as Uint16Array;
    const found = toHalves(values, dtype);
    expect(values.length).toBeGreaterThan(4000);
    const wrong = [...found].flatMap((word, i) => {
      const right = Number.isNaN(values[i]) ? isNaNWord(word) : word === expected[i];
      return right ? [] : [[values[i], word, expected[i]]];
    });
    expect(wrong).toEqual([]);
    expect(values.filter(Number.isNaN).length).toBe(12);
  });

  it('gives each of the 65,536 words back, a NaN made quiet', () => {
    const back = toHalves(toFloat32({ dtype, shape: [65_536], data: everyWord }), dtype);
    expect(back).toEqual(everyWord.map((word) => (isNaNWord(word) ? word | quiet : word)));
  });

  it('keeps the sign of a NaN, and makes none infinite whose payload does not fit', () => {
    const nan = new Float32Array(Uint32Array.of(0x7f80_0001, 0xff80_0001, 0xffff_ffff).buffer);
    expect([...toHalves(nan, dtype)]).toEqual([infinite | quiet, 0x8000 | infinite | quiet, 0xffff]);
  });
});
