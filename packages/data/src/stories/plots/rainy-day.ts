import type { Plot } from '../plot.js';

/** The weather spoils a plan, and a friend has a better one. */
export const rainyDay: Plot = {
  cases: [
    {
      plan: 'have a picnic',
      pack: 'packed bread, cheese and plums',
      idea: 'have a picnic on the floor',
      fun: 'They put a blanket on the floor and ate all the good things.',
    },
    {
      plan: 'sail toy boats',
      pack: 'made three little boats',
      idea: 'sail the boats in the big tub',
      fun: 'The boats went around and around in the tub.',
    },
    {
      plan: 'camp in a tent',
      pack: 'packed a tent and a lamp',
      idea: 'build a tent of chairs and blankets',
      fun: 'They sat in their tent with the lamp and told each other stories.',
    },
    {
      plan: 'go to the fair',
      pack: 'put on {his} best coat',
      idea: 'make a fair of our own',
      fun: 'They threw balls into baskets and won little prizes.',
    },
    {
      plan: 'have a race',
      pack: 'put on {his} good shoes',
      idea: 'let the snails race on the window',
      fun: 'The smallest snail won, and they laughed until supper.',
    },
    {
      plan: 'pick berries',
      pack: 'took the biggest basket',
      idea: 'bake a cake with the berries from the jar',
      fun: 'Soon the whole house smelled of cake.',
    },
    {
      plan: 'look for treasure',
      pack: 'drew a map',
      idea: 'look for treasure in the attic',
      fun: 'They found an old chest full of hats and tried on every one.',
    },
  ],
  want: [
    [
      'All week long {he} had looked forward to one day. {He} wanted to {plan} with {friend} the {friend.kind}.',
      'One day, {he} wanted to {plan} with {his} friend {friend}, {a friend.trait} {friend.kind}.',
      '{He} and {his} friend {friend}, {a friend.kind}, wanted to {plan}.',
    ],
    ['{He} got up early and {pack}.', 'The evening before, {he} {pack}.', '{He} {pack} and could not wait.'],
  ],
  trouble: [
    [
      'But in the morning it rained and rained.',
      'But then dark clouds came, and it began to rain.',
      'But a storm came up, and the rain beat on the roof.',
      'But when {he} opened the door, the rain came down like a wall.',
    ],
    [
      '"We cannot go out today," said {his} {elder}.',
      '{Hero} waited, but it did not stop.',
      'It did not stop, not even for a moment.',
    ],
    [
      '{Hero} put {his} nose to the window. "Now the day is spoiled," {he} said.',
      '"This is the worst day of my life," said {hero}.',
      '{Hero} was so sad that {he} went back to bed.',
    ],
  ],
  turn: [
    [
      'Then there was a knock at the door. It was {friend}, wet from head to foot.',
      'Then the door opened and {friend} came in with a big smile.',
      'Knock, knock. There stood {friend}, with drops on {friend.his} nose.',
    ],
    [
      '"I wanted to {plan}," said {hero}, "and now we cannot."',
      '"How can you smile on such a day?" asked {hero}.',
      '"Our plan is no good any more," said {hero}.',
    ],
    [
      '"Then let us {idea}," said {friend}.',
      '"I know what we can do," said {friend}. "Let us {idea}."',
      '{Friend} looked around the room. "We can {idea}," {friend.he} said.',
    ],
  ],
  ending: [
    ['{fun}'],
    [
      '"This is even better than our plan," said {hero}.',
      'They did not even see that the sky was blue again.',
      '"I hope it is like this tomorrow too," said {hero}, and {friend} laughed.',
    ],
    [
      '{Hero} learned that a bad day can turn into a good one.',
      'With a friend, every day is a good day.',
      'From then on, {hero} was never sad about the weather again.',
      'And {hero} knew that the sun can shine inside a house too.',
    ],
  ],
};
