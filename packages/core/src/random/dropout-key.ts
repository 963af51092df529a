import type { StepContext } from '../contracts/model.js';
import { streamOf, type RandomKey } from './random.js';

/**
 * Where the random numbers of a dropout mask stand: others for each place in a model, each step and each of its batches.
 *
 * @param place a name for the place, as in `h.0.attn`.
 */
export function dropoutKey({ seed, step, microBatch = 0 }: StepContext, place: string): RandomKey {
  const name = microBatch === 0 ? `dropout/${place}` : `dropout/${place}/${microBatch}`;
  return { seed, stream: streamOf(name), step };
}
