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
    {
      skill: 'play the flute',
      fail: 'it sounded like an old door',
      tip: 'Play one note until it sounds good, and then the next',
      win: 'a lovely song came out',
      end: 'played a song in the evening',
    },
    {
      skill: 'paint',
      fail: 'the colors ran into each other',
      tip: 'Let one color dry before you take the next',
      win: 'there was a picture as bright as the day',
      end: 'painted flowers and birds',
    },
    {
      skill: 'dance',
      fail: '{he} fell over {his} own feet',
      tip: 'Close your eyes and listen to the song first',
      win: '{he} turned and turned and did not fall',
      end: 'danced under the moon',
    },
    {
      skill: 'row a boat',
      fail: 'the boat went around and around',
      tip: 'Pull with both arms at the same time',
      win: 'the boat went straight over the water',
      end: 'rowed out in the little boat',
    },
  ],
  want: [
    [
      '{He} wanted to learn to {skill}.',
      'More than anything, {he} wanted to {skill}.',
      'All {his} friends could {skill}, and {hero} wanted to {skill} too.',
      '{He} saw {his} {elder} {skill} and wanted to learn it too.',
    ],
  ],
  trouble: [
    [
      'But when {he} tried, {fail}.',
      'The first time {he} tried, {fail}.',
      '{He} tried and tried, but each time {fail}.',
    ],
    [
      '{He} tried again, and {fail} again.',
      'No matter how often {he} tried, it was no better.',
      'The next day it was just the same.',
    ],
    [
      '"I will never learn it," said {hero}.',
      '"It is too hard for me," {he} said, and {he} wanted to stop.',
      '{Hero} sat down {spot} and felt sad.',
      'Some of the others laughed, and {hero} went away to be alone.',
    ],
  ],
  turn: [
    [
      'Then {friend} the {friend.kind} sat down beside {him}.',
      '{Friend} the {friend.kind} had seen it all.',
      '{A friend.trait} {friend.kind} named {friend} came by and saw {him}.',
    ],
    [
      '"I needed a whole year to learn it," said {friend}. "{tip}."',
      '"{tip}," said {friend}, "and do not give up."',
      '"You are almost there," said {friend}. "{tip}."',
    ],
    [
      'So {hero} tried it that way, every day, a little better each time.',
      'Every morning {hero} got up early and practiced.',
      '{Hero} practiced in the morning, and {he} practiced in the evening.',
      '{Hero} nodded and tried once more, and then once more.',
    ],
  ],
  ending: [
    ['Then, one fine day, {win}.', 'And after a week, {win}.', 'At last, {win}.'],
    [
      '"Look, {friend}," said {hero}. "I can do it."',
      '"I knew you could do it," said {friend}.',
      '{Friend} clapped and laughed. "Well done, {hero}," {friend.he} said.',
    ],
    ['From then on, they often {end} together.', 'That evening, the two friends {end}.'],
    [
      '{Hero} learned that hard things get easy if you do not give up.',
      'Everything is hard before it is easy.',
      'And when others found something hard, {hero} said, "Try once more."',
      '{Hero} was glad that {he} had not stopped.',
    ],
  ],
};
