import type { Plot } from '../plot.js';

/** Something is hard to learn; good advice and practice win. */
export const learn: Plot = {
  cases: [
    {
      skill: 'whistle',
      fail: 'only air came out',
      tip: 'Make your lips small and blow softly',
      win: 'a clear, sweet sound came out',
      end: 'whistled a happy song',
    },
    {
      skill: 'swim',
      fail: 'water went up {his} nose',
      tip: 'Kick with your legs and look ahead',
      win: '{he} swam all the way to the other side',
      end: 'swam in the clear water',
    },
    {
      skill: 'skate',
      fail: '{he} fell down on the ice',
      tip: 'Bend your knees and go slowly',
      win: '{he} flew over the ice like a bird',
      end: 'skated on the shining ice',
    },
    {
      skill: 'bake bread',
      fail: 'the bread was as hard as a stone',
      tip: 'Let the dough rest until it is big and round',
      win: 'the bread was soft and warm',
      end: 'ate warm bread with butter',
    },
  ],
  want: [['{He} wanted to learn to {skill}.', 'More than anything, {he} wanted to {skill}.']],
  trouble: [
    ['But when {he} tried, {fail}.', 'The first time {he} tried, {fail}.'],
    ['{He} tried again, and {fail} again.', 'No matter how often {he} tried, it was no better.'],
    ['"I will never learn it," said {hero}.', '"It is too hard for me," {he} said, and {he} wanted to stop.'],
  ],
  turn: [
    ['Then {friend} the {friend.kind} sat down beside {him}.', '{Friend} the {friend.kind} had seen it all.'],
    ['"I needed a whole year to learn it," said {friend}. "{tip}."', '"{tip}," said {friend}, "and do not give up."'],
    [
      'So {hero} tried it that way, every day, a little better each time.',
      'Every morning {hero} got up early and practiced.',
    ],
  ],
  ending: [
    ['Then, one fine day, {win}.', 'And after a week, {win}.'],
    ['"Look, {friend}," said {hero}. "I can do it."', '"I knew you could do it," said {friend}.'],
    ['From then on, they often {end} together.', 'That evening, the two friends {end}.'],
    ['{Hero} learned that hard things get easy if you do not give up.', 'Everything is hard before it is easy.'],
  ],
};
