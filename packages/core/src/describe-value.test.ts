import { expect, it } from 'vitest';
import { describeValue } from './describe-value.js';

it.each<[unknown, string]>([
  [1.5, '1.5'],
  ['a "text"', String.raw`"a \"text\""`],
  ['x'.repeat(61), `"${'x'.repeat(57)}..."`],
  [null, 'null'],
  [undefined, 'nothing'],
  [{ a: 1, b: null }, '{"a":1,"b":null}'],
  [{ a: {} }, 'an object'],
  [{ a: 'x'.repeat(60) }, 'an object'],
  [[1, 'b', null], '[1, "b", null]'],
  [[1, 'b'], '[1, "b"]'],
  [Array.from({ length: 9 }), 'a list of 9'],
  [[[]], 'a list of 1'],
  [JSON.parse(`${'['.repeat(1e5)}${']'.repeat(1e5)}`) as unknown, 'a list of 1'],
])('%# is told in a few characters', (value, text) => {
  expect(describeValue(value)).toBe(text);
});
