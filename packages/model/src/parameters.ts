import { fillNormal, streamOf, type ParamTree } from '@sheep/core';
import { tensor, tidy, variable, type Variable } from '@tensorflow/tfjs-core';
import { DEFAULT_INITIALIZER_RANGE, type GptConfig } from './config.js';

/** The name and the shape of a parameter. */
export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

type Start = 'normal' | 'residual' | 'zeros' | 'ones';

/** One parameter: its name, as Hugging Face's GPT-2 names it, its shape, and what it starts as. */
export interface ParameterSpec extends NamedShape {
  readonly start: Start;
}

const norm = (name: string, size: number): ParameterSpec[] => [
  { name: `${name}.weight`, shape: [size], start: 'ones' },
  { name: `${name}.bias`, shape: [size], start: 'zeros' },
];

const linear = (name: string, from: number, to: number, start: Start = 'normal'): ParameterSpec[] => [
  { name: `${name}.weight`, shape: [from, to], start },
  { name: `${name}.bias`, shape: [to], start: 'zeros' },
];

/** The prefix of a block's parameters. */
export const blockName = (layer: number): string => `transformer.h.${layer}`;

function blockSpecs(layer: number, { embeddingSize: width, feedForwardSize: inner }: GptConfig): ParameterSpec[] {
  const name = blockName(layer);
  return [
    ...norm(`${name}.ln_1`, width),
    ...linear(`${name}.attn.c_attn`, width, 3 * width),
    ...linear(`${name}.attn.c_proj`, width, width, 'residual'),
    ...norm(`${name}.ln_2`, width),
    ...linear(`${name}.mlp.c_fc`, width, inner),
    ...linear(`${name}.mlp.c_proj`, inner, width, 'residual'),
  ];
}

/** All parameters of a model, in order. */
export function parameterSpecs(config: GptConfig): ParameterSpec[] {
  const { vocabSize, contextLength, embeddingSize, layerCount } = config;
  return [
    { name: 'transformer.wte.weight', shape: [vocabSize, embeddingSize], start: 'normal' },
    { name: 'transformer.wpe.weight', shape: [contextLength, embeddingSize], start: 'normal' },
    ...Array.from({ length: layerCount }, (_, layer) => blockSpecs(layer, config)).flat(),
    ...norm('transformer.ln_f', embeddingSize),
  ];
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** How many numbers some parameters are. */
export const countNumbers = (shapes: readonly NamedShape[]): number =>
  shapes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** How many numbers a model learns. */
export function countParameters(config: GptConfig): number {
  // Without a list of all: a file from a stranger may ask for any number of layers.
  const [one, two] = [1, 2].map((layerCount) => countNumbers(parameterSpecs({ ...config, layerCount })));
  return one + (config.layerCount - 1) * (two - one);
}

function startValues({ name, shape, start }: ParameterSpec, config: GptConfig, seed: number): Float32Array {
  const { layerCount, initializerRange = DEFAULT_INITIALIZER_RANGE } = config;
  const values = new Float32Array(sizeOf(shape));
  if (start === 'zeros') return values;
  if (start === 'ones') return values.fill(1);
  const scale = start === 'residual' ? 1 / Math.sqrt(2 * layerCount) : 1;
  return fillNormal({ seed, stream: streamOf(`init/${name}`), step: 0 }, values, initializerRange * scale);
}

/** Makes a variable of host values. */
export function parameter(values: Float32Array, shape: readonly number[]): Variable {
  return tidy(() => variable(tensor(values, [...shape])));
}

/**
 * Fresh parameters, a function of the seed: normal with `initializerRange`, projections into the residual stream scaled
 * by 1 / sqrt(2 * layers), biases 0, gains 1.
 *
 * @see Radford et al., "Language models are unsupervised multitask learners", 2019, section 2.3.
 */
export function initParameters(config: GptConfig, seed: number): ParamTree {
  return Object.fromEntries(
    parameterSpecs(config).map((spec) => [spec.name, parameter(startValues(spec, config, seed), spec.shape)]),
  );
}
