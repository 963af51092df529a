/** Where in the training data a run stands: the next batch's epoch and its index in that epoch. Plain JSON. */
export interface Position {
  /** From 0. */
  readonly epoch: number;
  /** Index of the next batch in its epoch, from 0. */
  readonly batch: number;
}

/** A target that does not count towards the loss. */
export const IGNORED_TARGET = -100;

/** One batch on the host. */
export interface Batch {
  /** Token ids, row after row: (B, T). */
  readonly inputs: Int32Array;
  /** The id that follows each input, or {@link IGNORED_TARGET}: (B, T). */
  readonly targets: Int32Array;
  readonly shape: readonly [batch: number, time: number];
  /** The epoch this batch belongs to, from 0. */
  readonly epoch: number;
  /** Where to open the source again to get the batch after this one. */
  readonly next: Position;
}

/** A sequence of batches that can be entered at any position. */
export interface BatchSource {
  readonly batchesPerEpoch: number;
  /** Batches from a position on, epoch after epoch, without end. What was only prefetched does not count. */
  open(from?: Position): AsyncIterable<Batch>;
}
