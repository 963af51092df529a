import { describe, expect, it } from 'vitest';
import { matchesName } from './name-pattern.js';

describe('matchesName', () => {
  it.each([
    ['transformer.h.*.attn.*', 'transformer.h.11.attn.c_attn.weight', true],
    ['transformer.h.*.attn.*', 'transformer.h.11.mlp.c_fc.weight', false],
    ['transformer.wte.weight', 'transformer.wte.weight', true],
    ['transformer.wte.weight', 'transformer.wte.weights', false],
    ['transformer.wte', 'transformer.wte.weight', false],
    ['*.bias', 'transformer.ln_f.bias', true],
    ['*.bias', 'transformer.ln_f.bias.x', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['', '', true],
    ['', 'a', false],
    // A dot is a dot, and nothing else is special.
    ['a.b', 'axb', false],
    ['a[0]+*', 'a[0]+1', true],
    // Two parts may not share characters.
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
    ['*a*a*', 'a', false],
    ['*aba*ab', 'abab', false],
    ['*aba*ab', 'abaab', true],
    ['**', 'x', true],
  ])('%j and %j: %s', (pattern, name, expected) => {
    expect(matchesName(pattern, name)).toBe(expected);
  });

  it('takes no longer than the name times the pattern, whatever the pattern', () => {
    expect(matchesName('*a'.repeat(200), `${'a'.repeat(5000)}b`)).toBe(false);
  });
});
