import { type DecayShape, decayShapes, type ScheduleKind, scheduleKinds } from '@sheep/train';
import { z } from 'zod';
import { count } from './schema-values.js';

const kinds = scheduleKinds as [ScheduleKind, ...ScheduleKind[]];
const shapes = decayShapes as [DecayShape, ...DecayShape[]];

/** `train.schedule`. */
export const schedule = z.strictObject({
  kind: z
    .enum(kinds)
    .default('cosine')
    .describe('how the learning rate falls after warm-up; sheep schedule draws each'),
  warmupSteps: z.int().min(0).default(60).describe('steps over which the learning rate rises to its peak'),
  minLearningRate: z
    .number()
    .min(0)
    .optional()
    .describe('the learning rate at the end; a tenth of train.learningRate unless given'),
  cycles: count().optional().describe('cosine-restarts: how often the learning rate falls; 4 unless given'),
  cycleGrowth: z
    .number()
    .positive()
    .optional()
    .describe('cosine-restarts: how many times as long as the one before each fall is; 1 unless given'),
  timescale: z
    .number()
    .positive()
    .optional()
    .describe(
      'inverse-sqrt: steps; after three times as many the learning rate is halved; warmupSteps, or 10,000 without, unless given',
    ),
  decaySteps: z
    .int()
    .min(0)
    .optional()
    .describe(
      'warmup-stable-decay: steps at the end in which the learning rate falls; a fifth of the run unless given',
    ),
  decayShape: z
    .enum(shapes)
    .optional()
    .describe('warmup-stable-decay: along what the learning rate falls; linear unless given'),
  boundaries: z
    .array(count())
    .optional()
    .describe('piecewise: steps at which the learning rate changes; at 80 and 90 % of the run unless given'),
  factor: z
    .number()
    .positive()
    .optional()
    .describe('piecewise: what the learning rate is multiplied with at each of them; 0.316 unless given'),
});
