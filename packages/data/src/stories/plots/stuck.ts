import type { Plot } from '../plot.js';
import { ARRIVAL, ASKS, THANKS } from './shared.js';

/** A toy is out of reach; together the two of them get it down. */
export const stuck: Plot = {
  cases: [
    {
      thing: 'kite',
      high: 'the top of the tree',
      up: 'flew up into a tall tree and stayed there',
      play: 'flew the {color} kite until the sun went down',
    },
    {
      thing: 'balloon',
      high: 'the branches',
      up: 'drifted up into the branches of an old tree',
      play: 'played with the {color} balloon all afternoon',
    },
    {
      thing: 'ball',
      high: 'the roof',
      up: 'went up, up, up and landed on the roof',
      play: 'played with the {color} ball until supper',
    },
    {
      thing: 'hat',
      high: 'the high branch',
      up: 'blew away in the wind and hung on a high branch',
      play: 'took turns to wear the {color} hat',
    },
    {
      thing: 'scarf',
      high: 'the high branch',
      up: 'blew away and hung on a high branch',
      play: 'walked home with the {color} scarf around them both',
    },
    {
      thing: 'paper plane',
      high: 'the roof',
      up: 'made a big turn and landed on the roof',
      play: 'let the {color} paper plane fly again and again',
    },
  ],
  want: [
    [
      '{He} had a new {color} {thing}.',
      'One day, {his} {elder} gave {him} {a color} {thing}.',
      '{He} was very proud of {his} {color} {thing}.',
      'On {his} birthday {he} got {a color} {thing}.',
    ],
    ['{He} took it outside to play.', '{He} ran out to play with it at once.', '"Now I will play all day," {he} said.'],
  ],
  trouble: [
    ['But the {thing} {up}.', 'All at once, the {thing} {up}.', 'Then came a strong wind, and the {thing} {up}.'],
    [
      '{Hero} jumped as high as {he} could, but {he} could not reach it.',
      '{Hero} jumped and jumped, but {high} was too far up.',
      '{Hero} found a stick, but the stick was too short.',
      '{Hero} stood on a box, but the box was too small.',
    ],
    [
      '"It is too high for me," {he} said.',
      '"Oh no," {he} said. "What can I do now?"',
      '{He} looked up at the {thing} and felt very small.',
    ],
  ],
  turn: [
    ARRIVAL,
    ASKS,
    ['"My {thing} is up there, and I cannot reach it," said {hero}.', '"I cannot get my {thing} down," said {hero}.'],
    [
      '"One of us is too small," said {friend}, "but there are two of us."',
      '{Friend} looked up at {high}. "I have an idea," {friend.he} said.',
      '"Let us try it together," said {friend}.',
    ],
  ],
  ending: [
    [
      '{Friend} held a ladder, and {hero} climbed up step by step and took the {thing} down.',
      'They tied two long sticks together, and with a little push the {thing} came down.',
      'They put one box on top of the other. {Friend} held the boxes, and {hero} could just reach the {thing}.',
      '{Friend} found a long rope. They threw it up, pulled, and down came the {color} {thing}.',
    ],
    THANKS,
    ['Then the two friends {play}.', 'After that, they {play}.'],
    [
      '{Hero} learned that two can do what one cannot.',
      'What is too high for one is not too high for two.',
      'Together, nothing was too high for them.',
      'And {hero} knew that it is good to ask for help.',
    ],
  ],
};
