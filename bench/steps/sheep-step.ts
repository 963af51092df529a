// Steps of @sheep: usage: sheep-step.ts CONFIGURATION BACKEND THREADS SECONDS [PRECISION]; prints one line of JSON.
import { useBackend, type BackendName, type Precision } from '@sheep/backend';
import { configurations, timeSteps } from './time-steps.js';
import { prepareStep } from './train-step.js';

const [name, backend, threads, seconds, precision = 'f32'] = process.argv.slice(2);
const { build } = await useBackend(backend as BackendName, {
  threads: Number(threads),
  precision: precision as Precision,
});
const { step } = prepareStep(configurations[name]);
await timeSteps(build, Number(seconds), step);
