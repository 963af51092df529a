import {
  dropoutKey,
  fillNormal,
  IGNORED_TARGET,
  streamOf,
  type Batch,
  type LanguageModel,
  type LayerOutput,
  type ParamTree,
  type StepContext,
} from '@sheep/core';
import { differentiate, dropout, embed, headLoss, linearActivation, product } from '@sheep/ops';
import {
  keep,
  reshape,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  variable,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';

export const VOCAB_SIZE = 7;
const WIDTH = 6;

const SHAPES = { embedding: [VOCAB_SIZE, WIDTH], weight: [WIDTH, WIDTH], bias: [WIDTH] };

/** (B, T) ids to (B, T, C). */
function hidden(params: ParamTree, ids: Tensor2D, rate: number, context?: StepContext): Tensor3D {
  const embedded = embed(ids, params.embedding as unknown as Tensor2D);
  const weights = { weight: params.weight as unknown as Tensor2D, bias: params.bias as unknown as Tensor1D };
  const activated = linearActivation(embedded, weights, 'silu');
  return dropout(activated, context && { rate, key: dropoutKey(context, 'tiny') });
}

function sums(params: ParamTree, { inputs, targets, shape }: Batch, rate: number, context?: StepContext) {
  const states = hidden(params, tensor2d(inputs, [...shape], 'int32'), rate, context);
  const rows = reshape(states, [-1, WIDTH]) as Tensor2D;
  return headLoss(rows, params.embedding as unknown as Tensor2D, tensor1d(targets, 'int32'));
}

/** What the embedding and the hidden layer compute, without dropout. */
function layerOutputs(params: ParamTree, { inputs, shape }: Batch): LayerOutput[] {
  return tidy(() => {
    const ids = tensor2d(inputs, [...shape], 'int32');
    const embedding = embed(ids, params.embedding as unknown as Tensor2D);
    const weight = hidden(params, ids, 0);
    return Object.entries({ embedding, weight }).map(([name, output]) => ({ name, output: keep(output) }));
  });
}

const countOf = ({ targets }: Batch): number => targets.filter((target) => target !== IGNORED_TARGET).length;

/** A model that sees only the token before: embedding, a hidden layer with dropout, a tied head. */
export function tinyModel(rate = 0): LanguageModel {
  return {
    config: { vocabSize: VOCAB_SIZE, contextLength: 4 },
    init: (seed) =>
      Object.fromEntries(
        Object.entries(SHAPES).map(([name, shape]) => {
          const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
          const key = { seed, stream: streamOf(`tiny/${name}`), step: 0 };
          return [name, tidy(() => variable(tensor(fillNormal(key, values, 0.3), shape)))];
        }),
      ),
    logits: (params, ids) =>
      tidy(() => {
        const rows = reshape(hidden(params, ids, 0), [-1, WIDTH]) as Tensor2D;
        const flat = product(rows, params.embedding as unknown as Tensor2D, false, true);
        return reshape(flat, [...ids.shape, VOCAB_SIZE]) as Tensor3D;
      }),
    loss: (params, batch) => ({ ...tidy(() => sums(params, batch, 0)), count: countOf(batch) }),
    lossAndGradients: (params, batch, context, into) =>
      differentiate(
        params,
        into,
        () => ({ ...sums(params, batch, rate, context), count: countOf(batch) }),
        context.trainable,
      ),
    layerOutputs: (params, batch) => layerOutputs(params, batch),
  };
}
