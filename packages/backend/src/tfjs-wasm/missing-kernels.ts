import {
  getKernel,
  registerKernel,
  reshape,
  scatterND,
  tidy,
  type Tensor,
  type UnsortedSegmentSumAttrs,
  type UnsortedSegmentSumInputs,
} from '@tensorflow/tfjs-core';

/** Gives stock wasm the gradient of `gather`: a sum of rows by their number, which its `scatterND` is too. */
export function registerMissingKernels(): void {
  if (getKernel('UnsortedSegmentSum', 'wasm')) return;
  registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { x, segmentIds } = inputs as UnsortedSegmentSumInputs as unknown as { x: Tensor; segmentIds: Tensor };
      const { numSegments } = attrs as unknown as UnsortedSegmentSumAttrs;
      const shape = [numSegments, ...x.shape.slice(segmentIds.rank)];
      return tidy(() =>
        scatterND(reshape(segmentIds, [-1, 1]), reshape(x, [segmentIds.size, ...shape.slice(1)]), shape),
      );
    },
  });
}
