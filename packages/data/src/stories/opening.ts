import type { Pool } from './plot.js';

/** How every story begins: who the hero is and where the hero lives. */
export const OPENING: Pool = [
  'Once upon a time there was {a trait} little {kind} named {hero}. {He} lived in {home} {place}.',
  'Once upon a time, {a trait} {kind} named {hero} lived in {home} {place}.',
  'Once there was a little {kind} named {hero} who lived in {home} {place}.',
  'In {home} {place} there lived {a trait} little {kind} named {hero}.',
];
