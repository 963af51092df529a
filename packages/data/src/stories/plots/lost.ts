import type { Plot } from '../plot.js';
import { ARRIVAL, ASKS, THANKS } from './shared.js';

/** A treasure is lost; two look better than one. */
export const lost: Plot = {
  cases: [
    'kite',
    'ball',
    'hat',
    'scarf',
    'book',
    'drum',
    'toy boat',
    'basket',
    'blanket',
    'flute',
    'button',
    'ring',
  ].map((thing) => ({ thing })),
  want: [
    [
      '{He} had {a color} {thing} that {he} loved [very much|more than anything].',
      '{His} favorite thing in the world was {a color} {thing}.',
      '{His} {elder} had given {him} {a color} {thing}, and {he} took it everywhere.',
      'Every day {he} played with {his} {color} {thing}.',
      'What {he} loved most of all was {his} {color} {thing}.',
    ],
  ],
  trouble: [
    [
      'One [morning|day|evening], the {thing} was gone.',
      'One day, {hero} came home and could not find the {thing}.',
      'But one morning, {he} woke up and the {thing} was not there.',
      'One [windy|busy|warm] day, {hero} put the {thing} down and forgot where it was.',
    ],
    [
      '{He} looked {spot}. {He} looked {spot.b}. It was not there.',
      '{He} looked {spot} and {spot.b}, but there was no {thing}.',
      'First {he} looked {spot}, and then {spot.b}. The {thing} was not there.',
      '{He} looked at home, and {he} looked {spot}, but {he} did not find it.',
    ],
    [
      '{Hero} sat down and began to cry.',
      '"Where can it be?" said {hero}, and a tear ran down {his} cheek.',
      '{He} was tired and very sad.',
      '"I will never see my {thing} again," {he} said.',
    ],
  ],
  turn: [
    ARRIVAL,
    ASKS,
    [
      '"I have lost my {thing}," said {hero}.',
      '"My {color} {thing} is gone," said {hero}.',
      '"I cannot find my {color} {thing} anywhere," said {hero}.',
    ],
    [
      '"Let us look together," said {friend}. "Two see more than one."',
      '"When did you last have it?" asked {friend}. {Hero} thought hard. "I was playing {spot.c}," {he} said.',
      '"Do not cry," said {friend}. "We will find it. Let us look {spot.c}."',
    ],
  ],
  ending: [
    [
      'So they looked {spot.c}, and there was the {color} {thing}.',
      'They went back together, and there it was, {spot.c}.',
      'Then {hero} saw something {color} {spot.c}. It was the {thing}.',
    ],
    THANKS,
    [
      'From that day on, {hero} always put the {thing} back in its place.',
      '{Hero} learned that a trouble is only half as big when you share it.',
      'That night {hero} went to sleep with the {thing} beside {him} and knew how good it is to have a friend.',
      'And {hero} knew that a good friend is worth more than any {thing}.',
    ],
  ],
};
