/** What a heap of ours holds. */
export interface HeapMemory {
  /** Bytes of living tensors and of what kernels work with. */
  readonly bytesInUse: number;
  /** The most that `bytesInUse` has been since the heap was opened, or since `restartPeak`. */
  readonly peakBytes: number;
  /** Bytes taken from the system, in use or not; they are not given back. */
  readonly heapBytes: number;
  /** Bytes beyond which the heap cannot grow. */
  readonly limitBytes: number;
  /** Makes what is in use now the peak. */
  restartPeak(): void;
}
