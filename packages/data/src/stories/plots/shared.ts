import type { Pool } from '../plot.js';

/** The friend comes into the story. */
export const ARRIVAL: Pool = [
  'Just then, {friend} the {friend.kind} came by.',
  'Soon {a friend.trait} {friend.kind} named {friend} came along.',
  'After a while, {friend} the {friend.kind} came down the path.',
  'Then {his} good friend {friend} came by, {a friend.trait} {friend.kind}.',
  '{Friend} the {friend.kind} saw {him} and came [over|closer].',
];

/** The friend asks what is wrong. */
export const ASKS: Pool = [
  '"What is the matter?" asked {friend}.',
  '"Why do you look so sad?" asked {friend}.',
  '"What is wrong, {hero}?" {friend.he} asked.',
  '"Are you all right, {hero}?" asked {friend}.',
  '"You look [sad|worried]," said {friend}. "Can I help?"',
];

/** The hero is glad and says so. */
export const THANKS: Pool = [
  '"Thank you, {friend}," said {hero}. "You are a good friend."',
  '"Thank you, {friend}," said {hero}, and {he} gave {friend.him} a big hug.',
  '{Hero} [hugged {friend}|jumped for joy|laughed and laughed]. "Thank you for your help," {he} said.',
  '"I could not have done it without you," {hero} said to {friend}.',
];
