import type { Plot } from '../plot.js';
import { ARRIVAL } from './shared.js';

/** Someone small is in trouble; help comes, and thanks come back. */
export const rescue: Plot = {
  cases: [
    {
      small: 'bird',
      caught: 'caught in the thorns',
      hold: 'held the thorns apart',
      free: 'lifted the bird out',
      thanks: 'Every morning after that, the bird sang at {his} window.',
    },
    {
      small: 'duck',
      caught: 'stuck in the deep mud',
      hold: 'laid a board over the mud',
      free: 'pulled the duck out',
      thanks: 'Every spring after that, the duck came to visit {him}.',
    },
    {
      small: 'bee',
      caught: 'caught in a web',
      hold: 'held the web still',
      free: 'took the bee out with a leaf',
      thanks: 'That summer, the bee showed {him} where the best flowers grew.',
    },
    {
      small: 'fish',
      caught: 'stuck in a small pool that was almost dry',
      hold: 'brought a pail of water',
      free: 'carried the fish back to the deep water',
      thanks: 'Whenever {hero} came to the water, the fish jumped up to greet {him}.',
    },
    {
      small: 'owl',
      caught: 'caught in an old net',
      hold: 'held the net tight',
      free: 'cut the strings one by one',
      thanks: 'On dark nights after that, the owl flew ahead of {him} and showed {him} the way.',
    },
    {
      small: 'snail',
      caught: 'caught under a heavy stone',
      hold: 'lifted one side of the stone',
      free: 'took the snail out',
      thanks: 'After that, the snail left a silver line on {his} step each night.',
    },
    {
      small: 'turtle',
      caught: 'lying on its back',
      hold: 'put a stick under its shell',
      free: 'turned the turtle over',
      thanks: 'After that, the turtle let {him} ride on its back.',
    },
  ],
  want: [
    [
      'One day, {he} was on the way to the [fair|market|school feast].',
      'One [fine|warm|bright] morning, {he} wanted to be the first at the fair.',
      'One day, {his} {elder} sent {him} to the market, and {he} wanted to be quick.',
    ],
    [
      '{He} walked fast and did not look around.',
      '{He} sang a song as {he} went {out}.',
      '"I must not be late," {he} said.',
    ],
  ],
  trouble: [
    [
      'Then {he} heard a small voice {spot}. "Help me," it said.',
      'But {spot} {he} heard someone cry.',
      '{Spot}, something moved. "Please help me," said a tiny voice.',
    ],
    ['It was a little {small}, {caught}.', '{Hero} looked closer and saw a little {small}. It was {caught}.'],
    [
      '{Hero} tried to help, but {he} could not do it alone.',
      '{Hero} tried and tried, but {he} needed one more hand.',
      '"Do not be afraid," said {hero}, but alone {he} could not get it free.',
    ],
  ],
  turn: [
    ARRIVAL,
    [
      '"Come quickly," said {hero}. "This little {small} needs us."',
      '"Please help me," said {hero}. "It takes two of us."',
      '"We will be late," said {friend}. "That does not matter now," said {hero}.',
    ],
    [
      'So {friend} {hold}, and {hero} {free}, very gently.',
      '{Friend} {hold}. Then {hero} {free}.',
      'While {friend} {hold}, {hero} {free}.',
    ],
  ],
  ending: [
    [
      '"Thank you," said the little {small}. "I will not forget you."',
      'The {small} was free. "You are kind," it said.',
      'The little {small} was free, and {hero} was happy.',
    ],
    [
      'They came late that day, but {hero} did not mind.',
      'They were late, and they did not mind at all.',
      'Then the two friends went on together.',
    ],
    ['{thanks}'],
    [
      'No one is too small to be helped.',
      '{Hero} learned that a kind deed is never lost.',
      'Kindness always comes back.',
      'And {hero} knew that it is never too late to be kind.',
    ],
  ],
};
