/** The kernels there are, by their names in kernels/kernels.def. */
export const kernelNames = [
  'fill',
  'sum_squares',
  'norm',
  'norm_gradient',
  'norm_parameters',
  'softmax',
  'softmax_gradient',
  'adamw',
  'global_norm',
  'embed',
  'embed_tokens_gradient',
  'embed_positions_gradient',
  'pointwise_gelu_tanh',
  'pointwise_gelu_tanh_gradient',
  'pointwise_gelu_erf',
  'pointwise_gelu_erf_gradient',
  'pointwise_silu',
  'pointwise_silu_gradient',
  'pointwise_exp',
  'pointwise_tanh',
  'pointwise_erf',
  'pointwise_log',
  'pointwise_logistic',
  'gemm',
  'gemm_pack',
  'cross_entropy',
  'cross_entropy_sums',
  'scale',
] as const;

/** A kernel's name. */
export type KernelName = (typeof kernelNames)[number];
