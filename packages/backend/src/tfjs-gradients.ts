import { getGradient } from '@tensorflow/tfjs-core';

/** Registers the gradients of tfjs's own ops, which tfjs-core alone does not do in Node. */
export async function registerTfjsGradients(): Promise<void> {
  if (getGradient('BatchMatMul') === undefined) {
    await import('#tfjs-gradients');
  }
}
