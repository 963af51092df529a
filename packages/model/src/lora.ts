import {
  fillWords,
  SheepError,
  streamOf,
  type Batch,
  type GradTree,
  type LanguageModel,
  type LossSum,
  type ParamTree,
  type StepContext,
} from '@sheep/core';
import { addGradient, clearGradients, disposeTree, product } from '@sheep/ops';
import { add, mul, tidy, transpose, variable, type Tensor2D } from '@tensorflow/tfjs-core';
import type { NextTokenModel } from './generate.js';
import { parameter, type NamedShape } from './parameters.js';

/** The sizes of an adapter: its products count alpha / rank times. */
export interface LoraSizes {
  /** Columns of one factor and rows of the other. */
  readonly rank: number;
  readonly alpha: number;
}

/** How a model is adapted. */
export interface LoraOptions extends LoraSizes {
  /** The parameters that are adapted, by name; of those that it names, the matrices. */
  readonly targets: (name: string) => boolean;
}

const [A, B] = ['.lora_A', '.lora_B'];

/** Whether a parameter belongs to an adapter: what {@link lora} is usually trained on alone. */
export const isLoraParameter = (name: string): boolean => name.endsWith(A) || name.endsWith(B);

/** The matrices of a tree that have an adapter. */
export const adaptedNames = (params: ParamTree): string[] =>
  Object.keys(params).filter((name) => params[name + A] !== undefined);

const matrix = (params: ParamTree, name: string): Tensor2D => params[name] as unknown as Tensor2D;

function bad(expected: string, received: string, remedy: string): SheepError {
  return new SheepError('bad-option', { doing: 'adapting a model by LoRA', expected, received, remedy });
}

function checkSizes({ rank, alpha }: LoraSizes): void {
  if (!Number.isSafeInteger(rank) || rank < 1) throw bad('a rank from 1', `${rank}`, 'give a rank such as 8');
  if (!(alpha > 0 && alpha < Infinity))
    throw bad('an alpha above 0', `${alpha}`, 'give an alpha such as twice the rank');
}

/**
 * Names and shapes of the factors that LoRA adds to parameters: for a matrix (in, out) called `name` there are
 * `name.lora_A` (rank, in) and `name.lora_B` (out, rank), the shapes in which PEFT stores them.
 *
 * @throws SheepError `bad-option` where no matrix is among the targets, or for sizes that make no sense.
 */
export function loraShapes(parameters: readonly NamedShape[], { targets, ...sizes }: LoraOptions): NamedShape[] {
  checkSizes(sizes);
  const matrices = parameters.filter(({ shape }) => shape.length === 2);
  const chosen = matrices.filter(({ name }) => targets(name));
  if (chosen.length === 0) {
    const some = matrices.slice(0, 4).map(({ name }) => name);
    throw bad('at least one matrix among the targets', 'none', `choose among the matrices, as ${some.join(', ')}`);
  }
  return chosen.flatMap(({ name, shape: [rows, columns] }) => [
    { name: name + A, shape: [sizes.rank, rows] },
    { name: name + B, shape: [columns, sizes.rank] },
  ]);
}

/** A is uniform within 1 / sqrt(in), which is PEFT's kaiming_uniform_ with a = sqrt(5); B is 0, so that training starts from the base. */
function startValues({ name, shape: [rows, columns] }: NamedShape, seed: number): Float32Array {
  const values = new Float32Array(rows * columns);
  if (name.endsWith(B)) return values;
  const words = fillWords({ seed, stream: streamOf(`init/${name}`), step: 0 }, new Uint32Array(values.length));
  const bound = 1 / Math.sqrt(columns);
  return values.map((_, i) => ((2 * words[i] + 1) / 2 ** 32 - 1) * bound);
}

function withFactors(base: ParamTree, options: LoraOptions, seed: number): ParamTree {
  try {
    const shapes = Object.entries(base).map(([name, { shape }]) => ({ name, shape }));
    const added = loraShapes(shapes, options);
    return {
      ...base,
      ...Object.fromEntries(added.map((one) => [one.name, parameter(startValues(one, seed), one.shape)])),
    };
  } catch (error) {
    disposeTree(base);
    throw error;
  }
}

/** W + (alpha / rank) (B A)^T of a matrix (in, out), in the tidy of the caller. */
function mergedMatrix(params: ParamTree, name: string, { rank, alpha }: LoraSizes): Tensor2D {
  const scaled = mul(matrix(params, name + B), alpha / rank) as Tensor2D;
  return add(matrix(params, name), product(matrix(params, name + A), scaled, true, true));
}

/** The parameters of the base, those that have an adapter merged with it for a while. */
function usingMerged<T>(params: ParamTree, sizes: LoraSizes, use: (merged: ParamTree) => T): T {
  const made = adaptedNames(params).map((name) => [name, tidy(() => variable(mergedMatrix(params, name, sizes)))]);
  const merged = Object.fromEntries(made) as ParamTree;
  try {
    const base = Object.entries(params).filter(([name]) => !isLoraParameter(name));
    return use({ ...Object.fromEntries(base), ...merged });
  } finally {
    disposeTree(merged);
  }
}

/**
 * Merges an adapter into its base: in place, the factors are disposed.
 *
 * @param params as {@link lora} has them, or parameters without an adapter, which stay as they are.
 * @returns the parameters of the base model; the caller owns them.
 */
export function mergeLora(params: ParamTree, sizes: LoraSizes): ParamTree {
  for (const name of adaptedNames(params)) tidy(() => params[name].assign(mergedMatrix(params, name, sizes)));
  const entries = Object.entries(params);
  for (const [name, factor] of entries) if (isLoraParameter(name)) factor.dispose();
  return Object.fromEntries(entries.filter(([name]) => !isLoraParameter(name)));
}

/** The gradient of a merged matrix, handed on to its factors. */
function addFactorGradients(params: ParamTree, name: string, gradient: Tensor2D, scale: number, into: GradTree): void {
  const [a, b] = [matrix(params, name + A), matrix(params, name + B)];
  addGradient(into, name + A, mul(transpose(product(gradient, b)), scale)); // (in, out) (out, r)
  addGradient(into, name + B, mul(transpose(product(a, gradient)), scale)); // (r, in) (in, out)
}

/**
 * A model whose chosen matrices W are W + (alpha / rank) (B A)^T, where A and B are small: low-rank adaptation. Its
 * parameters are those of the model and the factors of {@link loraShapes}; to leave the model's alone, train with
 * `trainable: isLoraParameter`, and optimizer and gradients take the memory of the factors.
 *
 * The merged matrices are made for each call and freed after it, so a pass costs two small products for each matrix,
 * and the memory of the chosen matrices once, with gradients twice. There is no dropout before the factors.
 *
 * @param model any model that predicts the next token; with `nextLogits`, text is generated as well.
 * @throws SheepError `bad-option` for sizes that make no sense; `init` where there is no matrix among the targets.
 * @see Hu et al., "LoRA: Low-rank adaptation of large language models", https://arxiv.org/abs/2106.09685
 */
export function lora<Model extends LanguageModel & Partial<NextTokenModel>>(model: Model, options: LoraOptions): Model {
  checkSizes(options);
  const using = <T>(params: ParamTree, use: (merged: ParamTree) => T): T => usingMerged(params, options, use);
  const adapted: LanguageModel = {
    config: model.config,
    init: (seed) => withFactors(model.init(seed), options, seed),
    logits: (params, ids) => using(params, (merged) => model.logits(merged, ids)),
    loss: (params, batch) => using(params, (merged) => model.loss(merged, batch)),
    lossAndGradients: (params, batch, context, into) =>
      using(params, (merged) => adaptedGradients(model, { params, merged, batch, context, into }, options)),
  };
  return {
    ...model,
    ...adapted,
    ...(model.layerOutputs && {
      layerOutputs: (params: ParamTree, batch: Batch, context: StepContext) =>
        using(params, (merged) => model.layerOutputs!(merged, batch, context)),
    }),
    ...(model.nextLogits && {
      nextLogits: (params: ParamTree, ids: Tensor2D) => using(params, (merged) => model.nextLogits!(merged, ids)),
    }),
  };
}

/** What {@link adaptedGradients} works on. */
interface AdaptedPass {
  readonly params: ParamTree;
  readonly merged: ParamTree;
  readonly batch: Batch;
  readonly context: StepContext;
  readonly into: GradTree;
}

function adaptedGradients(model: LanguageModel, pass: AdaptedPass, { rank, alpha }: LoraSizes): LossSum {
  const { params, merged, batch, context, into } = pass;
  const { trainable = () => true } = context;
  const reached = new Set(adaptedNames(params).filter((name) => trainable(name + A) || trainable(name + B)));
  const wanted = { ...context, trainable: (name: string) => reached.has(name) || trainable(name) };
  const grads: GradTree = {};
  const sums = model.lossAndGradients(merged, batch, wanted, grads);
  tidy(() => {
    for (const [name, gradient] of Object.entries(grads)) {
      if (reached.has(name)) addFactorGradients(params, name, gradient as Tensor2D, alpha / rank, into);
      if (trainable(name)) addGradient(into, name, gradient.clone());
    }
  });
  clearGradients(grads);
  return sums;
}
