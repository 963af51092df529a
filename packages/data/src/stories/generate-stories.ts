import { cast } from './cast.js';
import { diceOf, type Dice } from './dice.js';
import { expand } from './expand.js';
import { OPENING } from './opening.js';
import type { Plot, Pool } from './plot.js';
import { PLOTS } from './plots/index.js';

/** What {@link generateStories} can be asked for. */
export interface StoriesOptions {
  /** About how long the text is to be, in bytes (the text is ASCII); default 1,000,000. */
  readonly bytes?: number;
  /** Another seed gives other stories; default 1. */
  readonly seed?: number;
}

function tell(plot: Plot, dice: Dice): string {
  const slots = cast(plot, dice);
  const paragraph = (pools: readonly Pool[]): string =>
    pools.map((pool) => expand(dice.pick(pool), slots, dice)).join(' ');
  return [[OPENING, ...plot.want], plot.trouble, plot.turn, plot.ending].map(paragraph).join('\n');
}

/**
 * Simple stories for children, made from a seed: the same bytes on every machine. A story is four paragraphs, one a line;
 * a blank line stands between two stories. Whole stories only: the text ends with the one that reaches `bytes`.
 */
export function generateStories({ bytes = 1_000_000, seed = 1 }: StoriesOptions = {}): string {
  const stories: string[] = [];
  for (let length = 0, story = 0; length < bytes; story += 1) {
    const dice = diceOf(seed, story);
    const text = `${tell(dice.pick(PLOTS), dice)}\n`;
    stories.push(text);
    length += text.length + 1;
  }
  return stories.join('\n');
}
