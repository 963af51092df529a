import type { Batch, LanguageModel, Position } from '@sheep/core';
import { mul, tidy, type Scalar } from '@tensorflow/tfjs-core';
import { tinyModel } from './tiny-model.js';
import { trainingData } from './tiny-run.js';

/** The inputs of the training batch at a position. */
async function inputsAt(position: Position): Promise<string> {
  for await (const { inputs } of trainingData().open(position)) return inputs.join();
  throw new Error('there is no such batch');
}

/** As a large loss does in float32. */
const overflown = <T extends Scalar>(value: T): T => tidy(() => mul(mul(value, 1e38), 1e38));

/** A tiny model whose loss and gradients overflow on the training batches at some positions. */
export async function overflowingAt(...positions: readonly Position[]): Promise<LanguageModel> {
  const inputs = await Promise.all(positions.map(inputsAt));
  const bad = (batch: Batch) => inputs.includes(batch.inputs.join());
  const model = tinyModel(0.3);
  return {
    ...model,
    lossAndGradients(params, batch, context, into) {
      const sums = model.lossAndGradients(params, batch, context, into);
      if (!bad(batch)) return sums;
      for (const [name, gradient] of Object.entries(into)) {
        into[name] = overflown(gradient as Scalar);
        gradient.dispose();
      }
      const loss = overflown(sums.loss);
      sums.loss.dispose();
      return { ...sums, loss };
    },
  };
}
