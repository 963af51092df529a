import { backendNames } from '@sheep/backend';
import { exampleFormats } from '@sheep/data';
import { presets, type PresetName } from '@sheep/model';
import { tokenizerKinds } from '@sheep/tokenizer';
import type { OptimizerSettings, ScheduleSettings } from '@sheep/train';
import { z } from 'zod';
import type { schedule } from './schedule-schema.js';
import { count, share } from './schema-values.js';
import { train } from './train-schema.js';

const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];

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
