import type { Plot } from '../plot.js';

/** A treat tastes better when it is shared. */
export const share: Plot = {
  cases: [
    { food: 'bread', some: 'a warm loaf of bread', piece: 'half of the bread' },
    { food: 'pie', some: 'a sweet apple pie', piece: 'a big piece of pie' },
    { food: 'cake', some: 'a little honey cake', piece: 'half of the cake' },
    { food: 'cheese', some: 'a round yellow cheese', piece: 'half of the cheese' },
    { food: 'soup', some: 'a pot of hot soup', piece: 'a big bowl of soup' },
    { food: 'honey', some: 'a jar of golden honey', piece: 'half of the honey' },
    { food: 'jam', some: 'a jar of berry jam', piece: 'half of the jam' },
    { food: 'pudding', some: 'a bowl of plum pudding', piece: 'half of the pudding' },
  ],
  want: [
    [
      'One day, {his} {elder} made {him} {some}.',
      'One [cold|sunny|fine] morning, {his} {elder} gave {him} {some}.',
      'One day, {he} got {some} from {his} {elder}.',
    ],
    [
      '"I will eat it all by myself," said {hero}.',
      '{He} was hungry and wanted to eat it all.',
      '{He} carried it {out} to eat it in a quiet place.',
    ],
  ],
  trouble: [
    [
      'On the way {he} met {friend} the {friend.kind}.',
      'There {he} met {a friend.kind} named {friend}.',
      '{Friend} the {friend.kind} was sitting {spot}.',
    ],
    [
      '"I have had no food all day," said {friend}. "May I have a little of your {food}?"',
      '"That {food} smells so good," said {friend}. "I am so hungry."',
      '{Friend} looked at the {food}. "Could you give me a little?" {friend.he} asked.',
    ],
    [
      '"No," said {hero}. "It is mine." And {he} walked on.',
      '"I am sorry," said {hero}, "but I want it all." And {he} went away.',
      '{Hero} shook {his} head and walked on.',
    ],
  ],
  turn: [
    [
      '{He} sat down {spot.b} and began to eat, but the {food} did not taste good.',
      '{He} sat all alone {spot.b}. The {food} was good, but {he} was not happy.',
      '{Spot.b}, {he} stopped and looked at the {food}. {He} was not hungry any more.',
    ],
    [
      '{He} thought of {friend} and felt [sorry|sad].',
      '"{Friend} is hungry, and I have so much," {he} thought.',
      '{He} could not stop thinking of {friend}.',
    ],
    [
      'So {hero} got up and ran back.',
      'So {he} turned around and went back.',
      '"I will go back," said {hero}, and {he} ran.',
    ],
  ],
  ending: [
    [
      '"I am sorry, {friend}," {he} said. "Let us eat together." And {he} gave {friend.him} {piece}.',
      '"Here, this is for you," said {hero}, and {he} gave {friend} {piece}.',
      '{He} gave {friend} {piece} and sat down beside {friend.him}.',
    ],
    [
      'They ate and laughed and told each other stories.',
      'Now the {food} tasted twice as good.',
      '"This is the best {food} in the world," said {friend}, and they both laughed.',
    ],
    [
      '{Hero} learned that food tastes best when you share it.',
      'From that day on, {hero} and {friend} always shared what they had.',
      'And {hero} knew that there is always enough for two.',
      '"When we share, we both have more," said {hero}.',
    ],
  ],
};
