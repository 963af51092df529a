import type { Plot } from '../plot.js';

/** Something breaks, is hidden, and weighs on the heart until the truth is told. */
export const honest: Plot = {
  cases: [
    {
      thing: 'cup',
      broke: 'the cup fell down and broke',
      hide: 'put the pieces under {his} bed',
      fix: 'glued the cup together',
    },
    {
      thing: 'jar',
      broke: 'the jar fell from the shelf and broke',
      hide: 'put the pieces in a box',
      fix: 'swept the floor and made a new jar of clay',
    },
    {
      thing: 'teapot',
      broke: 'the teapot fell down and broke',
      hide: 'put the pieces behind the stove',
      fix: 'glued the teapot together',
    },
    {
      thing: 'plate',
      broke: 'the plate fell down and broke',
      hide: 'hid the pieces in the garden',
      fix: 'glued the plate together',
    },
  ],
  want: [
    [
      '{His} {elder} had {a color} {thing} and was very fond of it.',
      'In the house there was {a color} {thing} that {his} {elder} loved.',
    ],
    [
      'One rainy day, {hero} wanted to play ball in the house.',
      'One day, {hero} was alone at home and wanted to have some fun.',
    ],
  ],
  trouble: [
    ['{He} [ran|jumped|danced] around the room, and {broke}.', '{He} [threw|kicked] {his} ball too hard, and {broke}.'],
    ['{Hero} was afraid and {hide}.', '"Oh no," said {hero}. Quickly {he} {hide}.'],
    [
      'When {his} {elder} asked about the {thing}, {hero} said, "I do not know."',
      '"Have you seen my {thing}?" asked {his} {elder}. "No," said {hero}.',
    ],
  ],
  turn: [
    [
      'That night {he} could not sleep. {His} heart was as heavy as a stone.',
      'The next day {he} did not want to play. There was a lump in {his} throat.',
    ],
    [
      '{He} told {his} friend {friend}, {a friend.trait} {friend.kind}.',
      '{His} friend {friend} the {friend.kind} asked what was wrong, and {hero} told {friend.him}.',
    ],
    [
      '"Tell the truth," said {friend}. "It will be hard for a moment, and then it will be easy."',
      '"A broken {thing} is bad," said {friend}, "but a lie is worse."',
    ],
  ],
  ending: [
    [
      'So {hero} went home. "I broke your {thing}," {he} said, "and I am sorry."',
      '{Hero} took a deep breath and went to {his} {elder}. "It was me," {he} said. "I broke the {thing}."',
    ],
    [
      '{His} {elder} was quiet for a moment. "I am sad about the {thing}," said {his} {elder}, "but I am glad that you told me."',
      '"Thank you for telling me," said {his} {elder}. "You are worth more to me than any {thing}."',
    ],
    ['Together they {fix}.', 'That evening, they sat down together and {fix}.'],
    [
      'That night {hero} slept well. {His} heart was light again.',
      '{Hero} learned that the truth makes a heavy heart light.',
    ],
  ],
};
