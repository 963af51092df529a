import { describe, expect, it } from 'vitest';
import { formatCount, formatDuration, formatFacts, formatRate, printable } from './format.js';

describe('formatDuration', () => {
  it.each([
    [0.26, '0.3 s'],
    [9.94, '9.9 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [125, '2 min 05 s'],
    [3599.7, '1 h 00 min'],
    [7380, '2 h 03 min'],
    [Infinity, 'unknown'],
  ])('says %d s as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

describe('format', () => {
  it('writes numbers the same in every locale', () => {
    expect(formatCount(1234567.8)).toBe('1,234,568');
    expect(formatRate(0.00095)).toBe('9.50e-4');
  });

  it('replaces what could steer a terminal and keeps line ends, tabs and letters', () => {
    expect(printable('a\u001B[2J\tb\né\u0007漢')).toBe('a\uFFFD[2J\tb\né\uFFFD漢');
  });

  it('aligns the values of a table', () => {
    expect(
      formatFacts([
        ['a', '1'],
        ['long', '2'],
      ]),
    ).toEqual(['a     1', 'long  2']);
  });
});
