import type { Batch } from '@sheep/core';

/** The batches of each step: `count` in a row, or fewer where an epoch ends, so that no step belongs to two. */
export async function* microBatches(batches: AsyncIterable<Batch>, count = 1): AsyncGenerator<[Batch, ...Batch[]]> {
  let group: Batch[] = [];
  for await (const batch of batches) {
    group.push(batch);
    if (group.length < count && batch.next.batch !== 0) continue;
    yield group as [Batch, ...Batch[]];
    group = [];
  }
}
