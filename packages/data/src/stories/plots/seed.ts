import type { Plot } from '../plot.js';

/** A seed needs time; who waits and waters is rewarded. */
export const seed: Plot = {
  cases: [
    { plant: 'sunflower', grown: 'a sunflower as tall as the house', joy: 'The bees came from far away to visit it.' },
    {
      plant: 'pumpkin',
      grown: 'a pumpkin so big that {he} could not lift it',
      joy: 'They made soup of it for everyone.',
    },
    {
      plant: 'apple',
      grown: 'a little apple tree',
      joy: 'Its first apple was the sweetest of all, and they shared it.',
    },
    { plant: 'rose', grown: 'a rose as {color} as a jewel', joy: 'The whole garden smelled of it.' },
    { plant: 'bean', grown: 'a bean plant with a hundred beans', joy: 'They cooked the beans in a big pot.' },
    { plant: 'melon', grown: 'a round, sweet melon', joy: 'They cut it in two and ate it in the sun.' },
    { plant: 'carrot', grown: 'a long orange carrot', joy: 'It took both of them to pull it out.' },
  ],
  want: [
    [
      'One spring day, {his} {elder} gave {him} {a plant} seed.',
      'In the spring, {he} found {a plant} seed {spot}.',
      'One day in spring, {he} got {a plant} seed from {his} {elder}.',
    ],
    [
      '{He} planted it and wanted to see it grow at once.',
      '{He} put it in the ground and sat down to watch it grow.',
      '{He} planted it in the garden and gave it some water.',
    ],
  ],
  trouble: [
    [
      'The next morning, {he} ran out to look. There was nothing but earth.',
      'One day went by, and then two. Nothing grew.',
      '{He} looked in the morning, and {he} looked in the evening. There was nothing to see.',
    ],
    [
      '"Grow, little seed," said {hero}. The seed did not hear.',
      '{He} sang to it. {He} danced around it. It did not help.',
      '{He} gave it water three times a day. It did not help.',
    ],
    [
      '"This seed is no good," said {hero}. "I will dig it up."',
      '"I have waited long enough," {he} said, and {he} went to get a spade.',
      '{Hero} lost hope and wanted to throw the seed away.',
    ],
  ],
  turn: [
    [
      '{Friend} the {friend.kind} looked over the fence.',
      'But {friend} the {friend.kind} came by and stopped {him}.',
      '{His} friend {friend}, {a friend.trait} {friend.kind}, shook {friend.his} head.',
    ],
    [
      '"A seed works in the dark, where no one can see it," said {friend}. "Give it time."',
      '"Good things grow slowly," said {friend}. "You must wait."',
      '"The seed is only sleeping," said {friend}. "Let it wake up by itself."',
    ],
    [
      'So {hero} waited. {He} gave it a little water each day and pulled out the weeds.',
      'So {hero} waited, and while they waited, {friend} told {him} stories.',
      'It was hard, but {hero} waited, in the sun and in the rain.',
    ],
  ],
  ending: [
    [
      'Then, one morning, there was a tiny green leaf.',
      'And one day, something small and green came out of the earth.',
      'After a week, a little green tip came up.',
    ],
    [
      'It grew and grew, and by the end of summer there was {grown}.',
      'Day by day it grew, until there was {grown}.',
      'All summer it grew, and at last there was {grown}.',
    ],
    ['{joy}'],
    [
      '{Hero} learned that good things take time.',
      '"You were right," {hero} said to {friend}. "It was worth the wait."',
      'And {hero} knew that the best things grow while we wait.',
    ],
  ],
};
