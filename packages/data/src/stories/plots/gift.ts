import type { Plot } from '../plot.js';

/** No money for a gift: what one makes with love is the better one. */
export const gift: Plot = {
  cases: [
    {
      buy: 'a silver bell',
      made: 'a wreath of daisies',
      gather: 'picked white daisies',
      make: 'wove them into a wreath',
      wear: '{Friend} wore the wreath all day.',
    },
    {
      buy: 'a golden ring',
      made: 'a chain of shells',
      gather: 'found pretty shells',
      make: 'put them on a string',
      wear: '{Friend} put on the chain and danced.',
    },
    {
      buy: 'a big toy horse',
      made: 'a little wooden horse',
      gather: 'found a good piece of wood',
      make: 'cut it into a little horse',
      wear: '{Friend} never went to bed without it.',
    },
    {
      buy: 'a fine picture',
      made: 'a picture of two friends',
      gather: 'made colors from berries',
      make: 'painted two friends in the sun',
      wear: '{Friend} hung the picture over {friend.his} bed.',
    },
  ],
  want: [
    [
      '{His} best friend was {a friend.kind} named {friend}.',
      '{He} had a best friend, {a friend.trait} {friend.kind} named {friend}.',
    ],
    [
      'Tomorrow was the birthday of {friend}, and {hero} wanted to give {friend.him} {buy}.',
      'For {friend.his} birthday, {hero} wanted to give {friend.him} {buy}.',
    ],
  ],
  trouble: [
    ['{He} went to the shop, but {buy} cost ten coins.', 'In the shop there was {buy}. It cost ten coins.'],
    ['{Hero} had only [one coin|two coins|three coins].', '{Hero} looked in {his} pocket. There was only one coin.'],
    [
      '{He} walked home with {his} head down. "What can I give now?" {he} said.',
      '"Now I have nothing for {friend}," {he} said.',
    ],
  ],
  turn: [
    [
      '"Why are you so quiet?" asked {his} {elder}, and {hero} told everything.',
      '{His} {elder} saw {his} sad face and sat down beside {him}.',
    ],
    [
      '"A gift does not have to cost much," said {his} {elder}. "Make something with your own hands."',
      '"The best gifts come from the heart," said {his} {elder}.',
    ],
    ['So {hero} {gather} and {make}.', 'Then {hero} had an idea. {He} {gather} and {make}.'],
  ],
  ending: [
    ['The next day, {he} gave {friend} {made}.', 'On the birthday, {hero} came with {made}. {His} heart beat fast.'],
    [
      '"Did you make this for me?" asked {friend}. "I love it."',
      '"This is the best gift of all," said {friend}, "because it is from you."',
    ],
    ['{wear}'],
    ['{Hero} learned that love makes a small gift big.', 'And {hero} knew that the best gifts cannot be bought.'],
  ],
};
