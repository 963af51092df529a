import type { Batch, BatchSpan, Position } from '@sheep/core';

const isBefore = (a: Position, b: Position): boolean => a.epoch < b.epoch || (a.epoch === b.epoch && a.batch < b.batch);

const isIn = (position: Position, spans: readonly BatchSpan[]): boolean =>
  spans.some(({ from, to }) => !isBefore(position, from) && isBefore(position, to));

/**
 * Batches without those of some spans. The batch before a gap points behind it, so that an epoch whose last batches are
 * left out still ends; where the gap begins with an epoch, that is left to whoever opens the source there.
 *
 * @param from where the source was opened.
 */
export async function* passOver(
  batches: AsyncIterable<Batch>,
  from: Position,
  spans: readonly BatchSpan[],
): AsyncGenerator<Batch, void, undefined> {
  let position = from;
  let held: Batch | undefined;
  for await (const batch of batches) {
    if (!isIn(position, spans)) held = batch;
    else if (held) held = { ...held, next: batch.next };
    position = batch.next;
    if (held === undefined || (position.batch !== 0 && isIn(position, spans))) continue;
    yield held;
    held = undefined;
  }
}

/** A span as people count, from 1: `epoch 2, batches 3 to 4 of 10`. */
export function describeSpan({ from, to }: BatchSpan, batchesPerEpoch: number): string {
  const [first, last] = [from.batch + 1, to.batch === 0 ? batchesPerEpoch : to.batch];
  const batches = first === last ? `batch ${first}` : `batches ${first} to ${last}`;
  return `epoch ${from.epoch + 1}, ${batches} of ${batchesPerEpoch}`;
}
