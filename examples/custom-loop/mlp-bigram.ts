// A model of one's own in the usual trainer: an MLP that predicts each character from the one before.
import { useBackend } from '@sheep/backend';
import {
  fillNormal,
  IGNORED_TARGET,
  streamOf,
  type Batch,
  type LanguageModel,
  type LossSum,
  type ParamTree,
} from '@sheep/core';
import { bigramLoss, generateStories, sequentialBatches, shuffledBatches, splitTokens } from '@sheep/data';
import { differentiate, disposeTree, embed, headLoss, linear, linearActivation } from '@sheep/ops';
import { charTokenizer } from '@sheep/tokenizer';
import { adamw, train, warmupCosine } from '@sheep/train';
import {
  reshape,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  transpose,
  variable,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';

const [WIDTH, INNER] = [24, 96];

/** Embedding, one hidden layer, a head: p(next | character). */
function mlpBigram(vocabSize: number, contextLength: number): LanguageModel {
  const shapes = {
    embedding: [vocabSize, WIDTH],
    'hidden.weight': [WIDTH, INNER],
    'hidden.bias': [INNER],
    head: [vocabSize, INNER],
  };
  const matrix = (params: ParamTree, name: keyof typeof shapes) => params[name] as unknown as Tensor2D;
  // (B, T) ids to (B, T, INNER)
  const hidden = (params: ParamTree, ids: Tensor2D): Tensor3D => {
    const bias = params['hidden.bias'] as unknown as Tensor1D;
    return linearActivation(
      embed(ids, matrix(params, 'embedding')),
      { weight: matrix(params, 'hidden.weight'), bias },
      'silu',
    );
  };
  const sums = (params: ParamTree, { inputs, targets, shape }: Batch): LossSum => {
    const rows = reshape(hidden(params, tensor2d(inputs, [...shape], 'int32')), [-1, INNER]) as Tensor2D;
    const count = targets.filter((target) => target !== IGNORED_TARGET).length;
    return { ...headLoss(rows, matrix(params, 'head'), tensor1d(targets, 'int32')), count };
  };
  return {
    config: { vocabSize, contextLength },
    init: (seed) =>
      Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => {
          const key = { seed, stream: streamOf(`init/${name}`), step: 0 };
          const values = fillNormal(
            key,
            new Float32Array(shape.reduce((a, b) => a * b)),
            name === 'hidden.bias' ? 0 : 0.2,
          );
          return [name, tidy(() => variable(tensor(values, shape)))];
        }),
      ),
    logits: (params, ids) => tidy(() => linear(hidden(params, ids), { weight: transpose(matrix(params, 'head')) })),
    loss: (params, batch) => tidy(() => ({ ...sums(params, batch) })),
    lossAndGradients: (params, batch, { trainable }, into) =>
      differentiate(params, into, () => sums(params, batch), trainable),
  };
}

await useBackend('auto');
const text = generateStories({ bytes: 100_000 });
const tokenizer = charTokenizer(text);
const { training, validation } = splitTokens(tokenizer.encode(text), 0.1);
const sizes = { contextLength: 32, batchSize: 16 };
const maxSteps = 200;

const run = train({
  model: mlpBigram(tokenizer.vocabSize, sizes.contextLength),
  data: shuffledBatches({ tokens: training, seed: 1, ...sizes }),
  validation: sequentialBatches({ tokens: validation, ...sizes }),
  optimizer: adamw({ weightDecay: 0.01 }),
  schedule: warmupCosine({ learningRate: 2e-2, warmupSteps: 10, totalSteps: maxSteps }),
  evalEvery: 50,
  maxSteps,
});
for await (const event of run) {
  if (event.type === 'eval') say(`step ${event.step}: validation loss ${event.loss.toFixed(3)}`);
}
const counted = bigramLoss(training, validation, tokenizer.vocabSize);
say(`a table of counted pairs: ${counted.toFixed(3)}`);
[run.params, run.optimizerState].forEach(disposeTree);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
