import { describe, expect, it } from 'vitest';
import { diceOf } from './dice.js';
import { expand } from './expand.js';

const slots = { hero: 'Pip', he: 'she', thing: 'old map', food: 'pie', call: '{he} sang', 'friend.his': 'his' };

describe('expand', () => {
  it.each([
    ['{Hero} and {friend.his} {food}', 'Pip and his pie'],
    ['{He} saw {a thing} and {a food}.', 'She saw an old map and a pie.'],
    ['{A thing}, {Friend.his} {Thing}', 'An old map, His Old map'],
    ['then {call}', 'then she sang'],
    ['{Call}', 'She sang'],
  ])('%s', (template, text) => {
    expect(expand(template, slots, diceOf(1, 0))).toBe(text);
  });

  it('draws each of the choices', () => {
    const dice = diceOf(1, 0);
    const drawn = new Set(Array.from({ length: 60 }, () => expand('[{hero}|a {food}|sun]', slots, dice)));
    expect([...drawn].sort()).toEqual(['Pip', 'a pie', 'sun']);
  });

  it('refuses a slot that is not there', () => {
    expect(() => expand('{her}', slots, diceOf(1, 0))).toThrow('no slot for {her} in: {her}');
  });
});
