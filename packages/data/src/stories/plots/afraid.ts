import type { Plot } from '../plot.js';

/** A wish lies behind a fear; with a friend the hero gets past it. */
export const afraid: Plot = {
  cases: [
    {
      fear: 'the dark',
      wish: 'see the stars from the top of the hill',
      goal: 'the top of the hill',
      help: 'gave {him} a little lantern to hold',
      see: 'The stars were so many and so bright that {hero} could not speak.',
      truth: 'The dark is only the place where the stars live',
    },
    {
      fear: 'the old bridge',
      wish: 'visit {his} grandmother on the other side of the river',
      goal: 'the other side',
      help: 'took {his} hand and counted the steps with {him}',
      see: 'There stood {his} grandmother with open arms.',
      truth: 'A bridge is only a path with water under it',
    },
    {
      fear: 'deep water',
      wish: 'sail to the little island',
      goal: 'the island',
      help: 'sat close to {him} in the boat and sang a song',
      see: 'The island was full of flowers and white birds.',
      truth: 'The water carries you if you let it',
    },
    {
      fear: 'high places',
      wish: 'look out from the old tower',
      goal: 'the top of the tower',
      help: 'told {him} to look only at the next step',
      see: 'They could see all the way to the blue hills.',
      truth: 'A tower is only one small step after another',
    },
  ],
  want: [['More than anything, {he} wanted to {wish}.', '{He} had one big wish. {He} wanted to {wish}.']],
  trouble: [
    ['But {hero} was afraid of {fear}.', 'But there was one trouble. {Hero} was afraid of {fear}.'],
    [
      'One [day|evening], {he} tried to go alone, but {his} knees shook and {he} ran home.',
      'Again and again {he} set out, and again and again {he} turned back.',
    ],
    ['"I will never be brave," {he} said.', '"I am too small for that," {he} said.'],
  ],
  turn: [
    [
      'One day, {he} told {friend} the {friend.kind}. {Friend} did not laugh.',
      '{His} friend {friend}, {a friend.trait} {friend.kind}, saw that {he} was sad. So {hero} told {friend.him} everything.',
    ],
    [
      '"I was afraid too, once," said {friend}. "We will go together."',
      '"To be brave is to be afraid and still go on," said {friend}. "Come with me."',
    ],
    ['So they set out, and {friend} {help}.', 'The next day they set out together. {Friend} {help}.'],
  ],
  ending: [
    [
      'Before {he} knew it, {hero} was at {goal}.',
      '{Hero} was still a little afraid, but {he} went on, and soon they came to {goal}.',
    ],
    ['{see}'],
    ['"{truth}," said {hero}, and {he} was not afraid any more.', '"{truth}," said {friend}, and {hero} smiled.'],
    [
      'From that day on, {hero} was never so afraid of {fear} again.',
      'And {hero} knew that it is easy to be brave with a friend.',
    ],
  ],
};
