/** Values that a block of most kernels takes, of one tensor or of all tensors of a list: BLOCK in their C. */
export const BLOCK_VALUES = 16_384;
