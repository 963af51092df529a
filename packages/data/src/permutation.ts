import { randomWord, type RandomKey } from '@sheep/core';

const ROUNDS = 8;
const ROUND_SPAN = 0x1_0000_0000;

/**
 * A random order of 0 .. size - 1 that holds no table: each place is computed from the key alone.
 *
 * Method: an index is written as two digits (left, right) with bases near the square root of `size`; in a Feistel
 * network each round adds a random word that depends on one digit to the other, modulo its base. That is a bijection of
 * left base * right base numbers; a result of `size` or more is sent through again until it is below ("cycle walking"),
 * which happens to fewer than one in a square root of `size`.
 *
 * @returns the function from a place in the order to what stands there.
 * @see Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002.
 */
export function permutation(size: number, key: RandomKey): (index: number) => number {
  const leftBase = Math.ceil(Math.sqrt(size));
  const rightBase = Math.ceil(size / leftBase);
  return (index) => {
    let value = index;
    do {
      let left = Math.floor(value / rightBase);
      let right = value % rightBase;
      for (let round = 0; round < ROUNDS; round += 2) {
        left = (left + randomWord(key, round * ROUND_SPAN + right)) % leftBase;
        right = (right + randomWord(key, (round + 1) * ROUND_SPAN + left)) % rightBase;
      }
      value = left * rightBase + right;
    } while (value >= size);
    return value;
  };
}
