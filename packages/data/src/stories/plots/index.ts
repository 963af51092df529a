import type { Plot } from '../plot.js';
import { afraid } from './afraid.js';
import { gift } from './gift.js';
import { honest } from './honest.js';
import { learn } from './learn.js';

/** All kinds of stories. */
export const PLOTS: readonly Plot[] = [afraid, gift, honest, learn];
