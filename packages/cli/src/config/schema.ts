import { backendNames } from '@sheep/backend';
import { exampleFormats } from '@sheep/data';
import { presets, type PresetName } from '@sheep/model';
import { tokenizerKinds } from '@sheep/tokenizer';
import {
  type DecayShape,
  decayShapes,
  metricNames,
  type MuonAdjustment,
  muonAdjustments,
  type OptimizerKind,
  optimizerKinds,
  type OptimizerSettings,
  type ScheduleKind,
  scheduleKinds,
  type ScheduleSettings,
} from '@sheep/train';
import { z } from 'zod';

const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];
const schedules = scheduleKinds as [ScheduleKind, ...ScheduleKind[]];
const shapes = decayShapes as [DecayShape, ...DecayShape[]];
const optimizers = optimizerKinds as [OptimizerKind, ...OptimizerKind[]];
const count = () => z.int().min(1);
const every = (steps: number) => count().nullable().default(steps);
const share = () => z.number().min(0).lt(1);

const data = z.strictObject({
  paths: z
    .array(z.string().min(1))
    .min(1)
    .default(['stories:1mb'])
    .describe('files, folders or globs of UTF-8 text; stories:1mb is the embedded corpus'),
  format: z
    .enum(['text', ...exampleFormats])
    .default('text')
    .describe(
      'text: all of it, cut into windows; lines: each line an example of its own; jsonl: each line {"prompt", "completion"}, of which only the completion is learned, or {"text"}',
    ),
  contextLength: count()
    .nullable()
    .default(null)
    .describe("tokens in a training window, and the most of an example; null for the model's context length"),
  validationFraction: share()
    .default(0.1)
    .describe(
      'share of the tokens, at the end of the text, or of the examples, that is kept for validation; 0 for none',
    ),
  stride: count()
    .optional()
    .describe("tokens from one training window's start to the next one's; half the context length unless given"),
});

const tokenizer = z.strictObject({
  kind: z
    .string()
    .min(1)
    .default('char')
    .meta({ examples: tokenizerKinds })
    .describe(`${tokenizerKinds.join(', ')}, or the path of a tokenizer.json`),
});

const model = z.strictObject({
  from: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'a Hugging Face folder, run or checkpoint whose weights training starts from; sizes and tokenizer come with it',
    ),
  preset: z
    .enum(presetNames)
    .nullable()
    .default('pico')
    .describe('named sizes; the six below replace them one by one; null with model.from'),
  contextLength: count().optional().describe('the longest sequence the model sees, tokens'),
  layerCount: count().optional().describe('transformer blocks'),
  headCount: count().optional().describe('attention heads a block; divides embeddingSize'),
  embeddingSize: count().optional().describe('width of the residual stream'),
  feedForwardSize: count().optional().describe('width inside a feed-forward part; 4 times embeddingSize unless given'),
  initializerRange: z
    .number()
    .positive()
    .optional()
    .describe('standard deviation of fresh weights; 0.02 in GPT-2, larger for narrow models'),
  dropout: share().default(0).describe('share of the activations dropped in training'),
});

const schedule = z.strictObject({
  kind: z
    .enum(schedules)
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

const group = z.strictObject({
  match: z
    .array(z.string().min(1))
    .min(1)
    .describe("patterns of parameters' names, as in transformer.h.0.*; the first group that fits has the parameter"),
  learningRateScale: z.number().min(0).default(1).describe('multiplies the learning rate'),
  weightDecay: z.number().min(0).optional().describe("in place of the optimizer's"),
});

const optimizer = z.strictObject({
  kind: z.enum(optimizers).default('adamw').describe('the update rule'),
  betas: z
    .tuple([share(), share()])
    .optional()
    .describe('how much of the running means of the gradient stays; 0.9 and 0.99 unless given (not sgd, adafactor)'),
  epsilon: z
    .number()
    .positive()
    .optional()
    .describe('added to the root of the mean square; 1e-8 unless given (adamw, adam, muon)'),
  weightDecay: z
    .number()
    .min(0)
    .optional()
    .describe('decay of matrices; unless given 0.1 for adamw, lion and muon, 0 for adam, sgd and adafactor'),
  momentum: share().optional().describe('how much of the velocity stays; 0.9 (sgd) or 0.95 (muon) unless given'),
  nesterov: z.boolean().optional().describe('look ahead along the momentum; false (sgd) or true (muon) unless given'),
  adjustLearningRate: z
    .enum(muonAdjustments as [MuonAdjustment, ...MuonAdjustment[]])
    .optional()
    .describe("length of muon's updates by the shape of a matrix; match-rms-adamw unless given"),
  beta2Decay: z
    .number()
    .max(0)
    .optional()
    .describe("adafactor's mean square forgets a share of step^beta2Decay; -0.8 unless given"),
  clipThreshold: z
    .number()
    .positive()
    .optional()
    .describe("largest root mean square of adafactor's updates before the rate; 1 unless given"),
  groups: z.array(group).default([]).describe('parameters with a learning rate or weight decay of their own'),
  averageDecay: share()
    .nullable()
    .default(null)
    .describe('of a moving average of the weights, which is then evaluated, sampled and published; null for none'),
});

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
  targets: z
    .array(z.string().min(1))
    .min(1)
    .default(['*.attn.c_attn.weight'])
    .describe('LoRA: patterns of the names of the matrices that are adapted; * stands for any characters'),
});

const train = z.strictObject({
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

/** Everything that a configuration file may say: the source of the types, the editor's schema and the help. */
export const configSchema = z.strictObject({
  name: z
    .string()
    .regex(/^(?!\.+$)[^/\\\p{Cc}]+$/u, 'a name without slashes')
    .optional()
    .describe("the run's name and folder in runs/; made of preset and data unless given"),
  seed: z.int().min(0).default(1337).describe('fixes the parameters, the order of the data and dropout'),
  backend: z
    .enum(['auto', ...backendNames])
    .default('auto')
    .describe('what computes; auto takes the fastest that works'),
  threads: count()
    .nullable()
    .default(null)
    .describe('threads of the backends cpu and wasm; null for one a core. The numbers do not depend on it'),
  data: data.prefault({}),
  tokenizer: tokenizer.prefault({}),
  model: model.prefault({}),
  train: train.prefault({}),
});

/** The keys of `model` that a preset fixes. */
export const sizeKeys = [
  'contextLength',
  'layerCount',
  'headCount',
  'embeddingSize',
  'feedForwardSize',
  'initializerRange',
] as const;

/** A configuration as a file gives it, with the defaults that depend on nothing else. */
export type ConfigFile = z.output<typeof configSchema>;

type ScheduleValues = z.output<typeof schedule>;

// The settings of the schedule's kind are filled in where the length of the run is known; those of other kinds never are.
type WholeSchedule = Readonly<Required<Omit<ScheduleValues, keyof ScheduleSettings>>> & ScheduleSettings;

type Whole<T> = T extends ScheduleValues
  ? WholeSchedule
  : T extends object
    ? { readonly [Key in keyof T]-?: Whole<Exclude<T[Key], undefined>> }
    : T;

type OptimizerFile = ConfigFile['train']['optimizer'];
type OptimizerInForce = Whole<Pick<OptimizerFile, 'kind' | 'averageDecay'>> &
  Pick<OptimizerFile, 'groups'> &
  Partial<OptimizerSettings>;

/** A configuration with every value in force: of the optimizer's settings those of its kind. */
export type RunConfig = Whole<Omit<ConfigFile, 'train'>> & {
  readonly train: Whole<Omit<ConfigFile['train'], 'optimizer'>> & { readonly optimizer: OptimizerInForce };
};
