import { metricNames } from '@sheep/train';
import { z } from 'zod';
import { optimizer } from './optimizer-schema.js';
import { schedule } from './schedule-schema.js';
import { count, patterns } from './schema-values.js';

const every = (steps: number) => count().nullable().default(steps);

const metric = () => z.enum(metricNames).default('eval.loss');

const earlyStopping = z.strictObject({
  patience: every(5).describe('evaluations in a row without improvement after which the run stops; null for never'),
  patienceEpochs: count()
    .nullable()
    .default(null)
    .describe('epochs in a row without improvement after which the run stops; null for never'),
  metric: metric().describe('what must improve, and what the best checkpoint is chosen by'),
  minDelta: z.number().min(0).default(0).describe('by how much it must improve to count'),
});

const target = z.strictObject({
  metric: metric().describe('what has a target'),
  value: z
    .number()
    .nullable()
    .default(null)
    .describe('the value at which the run stops, or a better one; null for none'),
});

const onNotFinite = z.strictObject({
  policy: z
    .enum(['stop', 'skip', 'rewind'])
    .default('stop')
    .describe(
      'what happens after a loss or gradient that is not finite, which changes no weight: the run stops; goes on; or goes back to its newest checkpoint, with a lower learning rate and without those batches',
    ),
  maxSkips: count().default(10).describe('with skip: so many steps of a run, then it stops'),
  maxRewinds: count().default(3).describe('with rewind: so many times, then the run stops'),
  rateFactor: z.number().positive().max(1).default(0.5).describe('with rewind: multiplies the learning rate each time'),
});

const lora = z.strictObject({
  rank: count().default(8).describe('LoRA: columns and rows of the two factors that are added to each chosen matrix'),
  alpha: z.number().positive().default(16).describe('LoRA: the product of the factors counts alpha / rank times'),
  targets: patterns()
    .default(['*.attn.c_attn.weight'])
    .describe('LoRA: patterns of the names of the matrices that are adapted; * stands for any characters'),
});

/** `train`: one key for each thing that can be chosen about training. */
export const train = z.strictObject({
  batchSize: count().default(44).describe('windows in a batch'),
  gradientAccumulation: count()
    .default(1)
    .describe('batches whose gradients are added up for one step: the effect of a larger batch in the memory of one'),
  gradientCheckpointing: z
    .boolean()
    .default(false)
    .describe(
      'compute each block again in the backward pass instead of keeping it: slower, the same bits, less memory',
    ),
  frozen: z
    .array(z.string().min(1))
    .default([])
    .describe('patterns of the names of parameters that stay as they are; * stands for any characters'),
  lora: lora
    .nullable()
    .default(null)
    .describe('trains small factors in place of the matrices of model.from; null for none'),
  maxSteps: every(300).describe('steps after which the run stops; null where maxEpochs says it'),
  maxEpochs: count().nullable().default(null).describe('passes over the training windows after which the run stops'),
  learningRate: z
    .number()
    .positive()
    .optional()
    .describe('the peak; the schedule scales it; what suits the preset unless given, from 8e-3 (pico) to 3e-4'),
  schedule: schedule.prefault({}),
  optimizer: optimizer.prefault({}),
  precision: z
    .enum(['f32', 'bf16', 'auto'])
    .default('f32')
    .describe(
      'of the factors of products, on cpu; weights and sums are float32 always; auto takes bf16 where the processor has it, and config.yaml says which it was',
    ),
  gradientClip: z
    .number()
    .positive()
    .nullable()
    .default(1)
    .describe('largest global norm of the gradient; null for no clipping'),
  gradientClipValue: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('largest single value of the gradient, cut off behind gradientClip; null for no cutting'),
  evalEvery: every(100).describe('steps between two validations, besides the end of each epoch; null for none'),
  evalBatches: count()
    .nullable()
    .default(null)
    .describe('batches of a validation, evenly spaced over the text; null for the whole text'),
  checkpointEvery: every(100).describe('steps between two checkpoints, besides the last step; null for none'),
  keepCheckpoints: count().default(3).describe('how many of the newest checkpoints are kept, besides the best'),
  logEvery: count().default(10).describe('steps between two lines on the screen'),
  earlyStopping: earlyStopping.prefault({}),
  maxMinutes: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('minutes of training after which the run stops, pauses not counted; null for no limit'),
  target: target.prefault({}),
  onNotFinite: onNotFinite.prefault({}),
  sampleEvery: every(100).describe('steps between two samples; null for none'),
  sampleTokens: count().default(200).describe('length of a sample, tokens'),
  samplePrompt: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('what a sample starts with; null for the first words of the data'),
});
