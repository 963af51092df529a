import type { Plot } from '../plot.js';

/** To win or to help: the hero stops for a friend and wins something else. */
export const race: Plot = {
  cases: [
    { prize: '{a color} ribbon', fell: 'tripped over a root and fell', hurt: 'knee' },
    { prize: '{a color} cup', fell: 'slipped on a wet stone and fell', hurt: 'foot' },
    { prize: 'a basket of sweet plums', fell: 'stepped into a hole and fell', hurt: 'foot' },
    { prize: 'a big honey cake', fell: 'ran into a branch and fell', hurt: 'head' },
    { prize: 'a little silver bell', fell: 'slid on the wet grass and fell', hurt: 'leg' },
    { prize: 'a crown of flowers', fell: 'tripped over a stone and fell', hurt: 'knee' },
  ],
  want: [
    [
      'Every summer there was a big race, and the winner got {prize}.',
      'One day, there was a race. The prize was {prize}.',
      'Soon it was the day of the big race. The winner would get {prize}.',
    ],
    [
      '{Hero} wanted to win it more than anything.',
      '"This year I will win," said {hero}.',
      '{Hero} ran {out} every morning to get fast.',
    ],
  ],
  trouble: [
    [
      'One, two, three, go. {Hero} ran as fast as the wind.',
      'They all began to run, and soon {hero} was ahead.',
      'The race began, and {hero} was the fastest of all.',
    ],
    [
      'Only {friend} the {friend.kind} was close behind {him}.',
      'Beside {him} ran {friend}, {a friend.trait} {friend.kind}.',
      'Right behind {him} came {friend} the {friend.kind}.',
    ],
    [
      'Then, {spot}, {friend} {fell}.',
      'All at once, {friend} {fell}. "Ow," {friend.he} cried.',
      'But {spot}, {friend} {fell}.',
    ],
  ],
  turn: [
    [
      '{Hero} could see the end of the race. It was so near.',
      '"Now I can win," thought {hero}.',
      'The others ran on. No one stopped.',
    ],
    [
      '{He} looked ahead, and {he} looked back at {friend}.',
      'But {he} heard {friend} cry softly, and {he} stopped.',
      'But how could {he} be happy while {friend} was hurt?',
    ],
    [
      'So {hero} turned around and ran back. "Does your {hurt} hurt?" {he} asked. "Hold on to me."',
      '{Hero} went back and helped {friend} up. "Put your arm around me," {he} said.',
      '{He} ran back and looked at {friend.his} {hurt}. "Come," said {hero}. "We will finish it together."',
    ],
  ],
  ending: [
    [
      'Side by side they came in, the last of all.',
      'They walked the rest of the way, slowly, step by step.',
      'They were the last ones, but everyone stood up and clapped.',
    ],
    [
      '"You could have won," said {friend}. "I have a friend," said {hero}. "That is better."',
      '"You lost the prize because of me," said {friend}. "I would do it again," said {hero}.',
      '"Thank you for coming back," said {friend}, and {friend.he} hugged {him}.',
    ],
    [
      'The winner came over and gave the prize to the two of them.',
      'That evening, the two friends sat {spot.b} and laughed about it all.',
      'And {his} {elder} was more proud of {him} than ever before.',
    ],
    [
      'There are things that matter more than to be first.',
      '{Hero} learned that a kind heart wins more than fast feet.',
      'It is good to be fast, but it is better to be kind.',
    ],
  ],
};
