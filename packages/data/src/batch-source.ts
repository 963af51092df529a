import { SheepError, type Batch, type BatchSource, type Position } from '@sheep/core';

/** What a batch holds, without its place in the sequence. */
export type BatchContent = Pick<Batch, 'inputs' | 'targets' | 'shape'>;

const START: Position = { epoch: 0, batch: 0 };

function checkPosition({ epoch, batch }: Position, batchesPerEpoch: number): void {
  const valid = Number.isSafeInteger(epoch) && epoch >= 0 && Number.isSafeInteger(batch) && batch >= 0;
  if (valid && batch < batchesPerEpoch) return;
  throw new SheepError('mismatch', {
    doing: 'going to a position in the data',
    expected: `an epoch from 0 and a batch from 0 to ${batchesPerEpoch - 1}`,
    received: `epoch ${epoch}, batch ${batch}`,
    remedy: 'continue with the same data, context length, stride and batch size',
  });
}

/** A source of batches that are a function of their position alone. */
export function batchSource(batchesPerEpoch: number, batchAt: (position: Position) => BatchContent): BatchSource {
  async function* batches(from: Position): AsyncGenerator<Batch, never> {
    let position = from;
    for (;;) {
      const { epoch, batch } = position;
      const next = batch + 1 < batchesPerEpoch ? { epoch, batch: batch + 1 } : { epoch: epoch + 1, batch: 0 };
      yield { ...batchAt(position), epoch, next };
      position = next;
    }
  }
  return {
    batchesPerEpoch,
    open(from = START) {
      checkPosition(from, batchesPerEpoch);
      return batches(from);
    },
  };
}
