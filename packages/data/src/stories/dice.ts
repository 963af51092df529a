import { randomWord, streamOf } from '@sheep/core';

const STREAM = streamOf('data/stories');

/** Draws for one story. */
export interface Dice {
  /** One of the items, all equally likely. */
  pick<T>(items: readonly T[]): T;
  /** The items in random order. */
  shuffle<T>(items: readonly T[]): T[];
}

/** The dice of story number `story` of a seed: the same draws each time, whatever was drawn for other stories. */
export function diceOf(seed: number, story: number): Dice {
  const key = { seed, stream: STREAM, step: story };
  let draws = 0;
  const below = (count: number): number => randomWord(key, draws++) % count;
  return {
    pick: (items) => items[below(items.length)],
    shuffle(items) {
      const order = [...items];
      for (let i = order.length - 1; i > 0; i -= 1) {
        const j = below(i + 1);
        [order[i], order[j]] = [order[j], order[i]];
      }
      return order;
    },
  };
}
