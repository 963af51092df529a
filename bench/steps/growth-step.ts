// How a step of @sheep on wasm grows with one size at a time, from the nano configuration; in one process, since only
// ratios count. usage: growth-step.ts SECONDS; prints one line of JSON.
import { useBackend } from '@sheep/backend';
import { configurations, type Configuration } from './time-steps.js';
import { prepareStep } from './train-step.js';

const seconds = Number(process.argv[2]);
const { nano } = configurations;

const axes: Record<string, (value: number) => Partial<Configuration>> = {
  width: (value) => ({ embeddingSize: value, feedForwardSize: 4 * value }),
  layers: (value) => ({ layerCount: value }),
  context: (value) => ({ contextLength: value }),
  batch: (value) => ({ batchSize: value }),
};
const values: Record<string, readonly number[]> = {
  width: [64, 128, 256, 512],
  layers: [2, 4, 8, 16],
  context: [64, 128, 256, 512],
  batch: [6, 12, 24, 48],
};

/** What the benchmark of growth measured at one size. */
export interface GrowthPoint {
  readonly axis: string;
  readonly value: number;
  /** The fastest step. */
  readonly milliseconds: number;
}

const { build, threads } = await useBackend('wasm');
const points: GrowthPoint[] = [];
for (const [axis, sized] of Object.entries(axes)) {
  for (const value of values[axis]) {
    const { step, dispose } = prepareStep({ ...nano, ...sized(value) });
    const end = performance.now() + 1000 * seconds;
    let least = Infinity;
    for (let count = 0; count < 3 || performance.now() < end; count += 1) {
      const start = performance.now();
      await step();
      if (count > 0) least = Math.min(least, performance.now() - start);
    }
    dispose();
    points.push({ axis, value, milliseconds: least });
  }
}
console.log(JSON.stringify({ build, threads, points }));
