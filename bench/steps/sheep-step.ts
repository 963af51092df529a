// Steps of @sheep: usage: sheep-step.ts CONFIGURATION BACKEND SECONDS; prints one line of JSON.
import { useBackend, type BackendName } from '@sheep/backend';
import { gpt } from '@sheep/model';
import { adamw, chain, clipByGlobalNorm, trainStep } from '@sheep/train';
import { dispose } from '@tensorflow/tfjs-core';
import { configurations, randomBatch, timeSteps } from './time-steps.js';

const [name, backend, seconds] = process.argv.slice(2);
const { batchSize: _, ...sizes } = configurations[name];
const { build } = await useBackend(backend as BackendName);
const model = gpt({ ...sizes, initializerRange: 0.02, dropout: 0 });
const params = model.init(1);
const optimizer = chain(clipByGlobalNorm(1), adamw({ betas: [0.9, 0.99], weightDecay: 0.1 }));
const optimizerState = optimizer.init(params);
const batch = { ...randomBatch(configurations[name]), epoch: 0, next: { epoch: 0, batch: 1 } };

let step = 0;
await timeSteps(build, Number(seconds), async () => {
  step += 1;
  const context = { seed: 1, step };
  const result = trainStep({ model, params, optimizer, optimizerState, batch, context, learningRate: 1e-3 });
  await result.gradientNorm.data(); // waits for the device
  dispose([result.loss, result.correct, result.gradientNorm]);
});
