import type { Plot } from '../plot.js';
import { afraid } from './afraid.js';
import { gift } from './gift.js';
import { honest } from './honest.js';
import { learn } from './learn.js';
import { lost } from './lost.js';
import { quarrel } from './quarrel.js';
import { race } from './race.js';
import { rainyDay } from './rainy-day.js';
import { rescue } from './rescue.js';
import { seed } from './seed.js';
import { share } from './share.js';
import { stuck } from './stuck.js';
import { wayHome } from './way-home.js';

/** All kinds of stories. */
export const PLOTS: readonly Plot[] = [
  afraid,
  gift,
  honest,
  learn,
  lost,
  quarrel,
  race,
  rainyDay,
  rescue,
  seed,
  share,
  stuck,
  wayHome,
];
