// Steps of @sheep: usage: sheep-step.ts CONFIGURATION BACKEND THREADS SECONDS; prints one line of JSON.
import { useBackend, type BackendName } from '@sheep/backend';
import { configurations, timeSteps } from './time-steps.js';
import { prepareStep } from './train-step.js';

const [name, backend, threads, seconds] = process.argv.slice(2);
const { build } = await useBackend(backend as BackendName, { threads: Number(threads) });
const { step } = prepareStep(configurations[name]);
await timeSteps(build, Number(seconds), step);
