import type { Plot } from '../plot.js';

/** Two friends pull at one toy until it breaks, and mend it and their friendship. */
export const quarrel: Plot = {
  cases: [
    {
      thing: 'kite',
      broke: 'the tail came off',
      mend: 'tied the tail on again',
      play: 'One held the string and the other ran ahead.',
    },
    {
      thing: 'wagon',
      broke: 'a wheel came off',
      mend: 'put the wheel back on',
      play: 'One pulled the wagon and the other sat in it.',
    },
    {
      thing: 'boat',
      broke: 'the mast broke',
      mend: 'made a new mast from a straight stick',
      play: 'One pushed the boat out and the other pulled it back.',
    },
    {
      thing: 'drum',
      broke: 'the skin tore',
      mend: 'put a new skin on the drum',
      play: 'One played the drum and the other danced.',
    },
    {
      thing: 'puppet',
      broke: 'an arm came off',
      mend: 'sewed the arm on again',
      play: 'One moved the puppet and the other told the story.',
    },
    {
      thing: 'sled',
      broke: 'the rope came off',
      mend: 'made a new rope for it',
      play: 'One pulled the sled and the other rode on it.',
    },
    {
      thing: 'ball',
      broke: 'the ball lost its air',
      mend: 'closed the hole and filled the ball again',
      play: 'One threw the ball and the other caught it.',
    },
  ],
  want: [
    [
      '{He} played every day with {his} friend {friend}, {a friend.trait} {friend.kind}.',
      '{Hero} and {friend} the {friend.kind} were the best of friends.',
      '{His} best friend was {friend} the {friend.kind}.',
    ],
    [
      'One day, they found an old {thing} {spot}.',
      'One [sunny|windy|bright] day, they saw {a color} {thing} {spot}.',
      'One morning, they looked {spot} and found {a color} {thing}.',
    ],
  ],
  trouble: [
    [
      '"I saw it first," said {hero}. "No, I did," said {friend}.',
      '"It is mine," said {hero}. "No, it is mine," said {friend}.',
      'Both of them wanted to have the {thing}, and no one wanted to wait.',
    ],
    [
      '{Hero} pulled on one side and {friend} pulled on the other.',
      'They pulled and they pushed.',
      '{Hero} pulled hard, and {friend} pulled harder.',
    ],
    ['Then {broke}.', 'All at once, {broke}.', 'They pulled until {broke}.'],
    [
      '"That is your fault," said {friend}, and {friend.he} went home.',
      'Now it was no good to anyone, and both of them went home angry.',
      '"I do not want to play with you any more," said {hero}.',
    ],
  ],
  turn: [
    [
      '{Hero} sat alone in {his} room, and it was very quiet.',
      'The next day, {hero} had no one to play with.',
      'That night, {hero} could not sleep.',
    ],
    [
      '"What good is a {thing} without a friend?" {he} thought.',
      '{He} missed {friend} more than the {thing}.',
      '"I was not kind," {he} thought.',
    ],
    [
      'So {he} went to {friend}. "I am sorry," said {hero}. "I am sorry too," said {friend}.',
      '{He} ran to the house of {friend}. "I am sorry I pulled so hard," {he} said. {Friend} smiled. "So am I," {friend.he} said.',
      'In the morning {he} went out, and there was {friend}, on the way to {him}. "I am sorry," they both said at once.',
    ],
  ],
  ending: [
    ['Together they {mend}.', 'Then they sat down and {mend}.', 'They worked all morning and {mend}.'],
    ['Now they played in turns. {play}', 'After that, they took turns. {play}', '{play} Then they changed places.'],
    [
      'They learned that a friend is worth more than a {thing}.',
      'They never pulled at the {thing} again.',
      'It was much more fun for two than for one.',
      'And when one of them said "mine", the other one laughed and said "ours".',
    ],
  ],
};
