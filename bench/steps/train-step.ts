import { gpt } from '@sheep/model';
import { disposeTree } from '@sheep/ops';
import { adamw, chain, clipByGlobalNorm, trainStep } from '@sheep/train';
import { dispose } from '@tensorflow/tfjs-core';
import { randomBatch, type Configuration } from './time-steps.js';

/** A step of @sheep on the backend in use: forward, backward, clipping and AdamW of a GPT. */
export function prepareStep(configuration: Configuration): { step: () => Promise<void>; dispose: () => void } {
  const { batchSize: _, ...sizes } = configuration;
  const model = gpt({ ...sizes, initializerRange: 0.02, dropout: 0 });
  const params = model.init(1);
  const optimizer = chain(clipByGlobalNorm(1), adamw({ betas: [0.9, 0.99], weightDecay: 0.1 }));
  const optimizerState = optimizer.init(params);
  const batch = { ...randomBatch(configuration), epoch: 0, next: { epoch: 0, batch: 1 } };
  let count = 0;
  return {
    async step() {
      count += 1;
      const context = { seed: 1, step: count };
      const result = trainStep({
        model,
        params,
        optimizer,
        optimizerState,
        batches: [batch],
        context,
        learningRate: 1e-3,
      });
      await result.gradientNorm.data(); // waits for the device
      dispose([result.loss, result.correct, result.gradientNorm]);
    },
    dispose: () => [params, optimizerState].forEach(disposeTree),
  };
}
