import { readFileSync } from 'node:fs';

/** What a step is measured at. */
export interface Configuration {
  readonly layerCount: number;
  readonly headCount: number;
  readonly embeddingSize: number;
  readonly feedForwardSize: number;
  readonly contextLength: number;
  readonly batchSize: number;
  readonly vocabSize: number;
}

export const configurations = JSON.parse(
  readFileSync(new URL('configurations.json', import.meta.url), 'utf8'),
) as Record<string, Configuration>;

/** What a contender's process prints as one line of JSON. */
export interface Measured {
  readonly milliseconds: number[];
  /** Peak resident set of the process. */
  readonly peakBytes: number;
  /** What computed, with its version. */
  readonly build: string;
}

// Engines compile what runs often while it runs; three steps at least where one takes long.
const WARM_UP_SECONDS = 2;

/** Runs steps for two seconds unmeasured, then for so many seconds, and prints what each took. */
export async function timeSteps(build: string, seconds: number, step: () => Promise<void>): Promise<void> {
  const warm = performance.now() + 1000 * WARM_UP_SECONDS;
  for (let i = 0; i < 3 || performance.now() < warm; i += 1) await step();
  const milliseconds: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end || milliseconds.length < 3) {
    const start = performance.now();
    await step();
    milliseconds.push(performance.now() - start);
  }
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ milliseconds, peakBytes, build } satisfies Measured));
}

/** Random ids and targets of a configuration's batch. */
export function randomBatch({ batchSize, contextLength, vocabSize }: Configuration) {
  const random = () => Int32Array.from({ length: batchSize * contextLength }, () => Math.random() * vocabSize);
  return { inputs: random(), targets: random(), shape: [batchSize, contextLength] as const };
}
