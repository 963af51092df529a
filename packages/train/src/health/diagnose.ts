import type { LayerOutput } from '@sheep/core';
import type { Session } from '../loop/session.js';
import type { NotFiniteStep } from './policies.js';
import { describeSpan, passOver } from './spans.js';

/** What was not finite in a step, and where the run stood: for people. */
export function describeNotFinite({ event, batches }: NotFiniteStep, batchesPerEpoch: number): string {
  const { step, loss, gradientNorm, weightNorm, learningRate } = event;
  const where = `(${describeSpan(batches, batchesPerEpoch)}; learning rate ${learningRate.toPrecision(3)})`;
  if (!Number.isFinite(loss)) return `the loss of step ${step} was ${loss} ${where}`;
  if (!Number.isFinite(gradientNorm)) return `the gradient norm of step ${step} was ${gradientNorm} ${where}`;
  return `the norm of the weights after step ${step} was ${weightNorm} ${where}`;
}

/** Disposes the outputs. */
async function firstNotFinite(outputs: readonly LayerOutput[]): Promise<string | undefined> {
  let found: string | undefined;
  for (const { name, output } of outputs) {
    if (found === undefined && !(await output.data()).every(Number.isFinite)) found = name;
    output.dispose();
  }
  return found;
}

/**
 * Computes a step's forward pass once more, with the weights as they are now, and says which layer is the first whose
 * output is not finite. A step's own numbers are long gone when the host reads that they were not finite.
 */
export async function diagnose(session: Session, { event, batches }: NotFiniteStep): Promise<string> {
  const { params, options, state } = session;
  const { model, data, seed = 0 } = options;
  if (model.layerOutputs === undefined) return 'the model does not show which layer it was';
  let microBatch = 0;
  for await (const batch of passOver(data.open(batches.from), batches.from, state.health.passedOver)) {
    const context = { seed, step: event.step, microBatch };
    const layer = await firstNotFinite(model.layerOutputs(params, batch, context));
    if (layer !== undefined) return `the first layer whose output is not finite is ${layer}`;
    microBatch += 1;
    if (batch.next.epoch === batches.to.epoch && batch.next.batch === batches.to.batch) break;
  }
  if (Number.isFinite(event.loss)) return 'the output of each layer is finite, only the gradient is not';
  return `computed again with the weights of step ${state.step}, the output of each layer is finite`;
}
