export { defineOp, registerOpKernels, type Op, type OpDefinition, type OpForms } from './op.js';
export {
  defineListOp,
  listOf,
  registerListKernel,
  type Kernel,
  type ListOp,
  type OpAttributes,
  type OpInputs,
} from './kernel.js';
export { activationOp, gelu, silu, type Activation } from './activation.js';
export {
  adamwUpdate,
  adamwUpdateOp,
  type AdamwAttributes,
  type AdamwScalars,
  type AdamwTensors,
} from './adamw-update.js';
export {
  attention,
  attentionForms,
  attentionOp,
  causalMask,
  type AttentionOptions,
  type BatchedProduct,
} from './attention.js';
export {
  attentionBlock,
  attentionBlockForms,
  attentionBlockOp,
  type AttentionBlockOptions,
} from './attention-block.js';
export { dropout, dropoutMask, dropoutOp, type Dropout } from './dropout.js';
export { embed, embedOp } from './embed.js';
export { globalNorm, globalNormOp } from './global-norm.js';
export { decodeHalves, decodeHalvesOp, encodeHalves, encodeHalvesOp } from './halves.js';
export { headLoss, headLossOp, type HeadLossOptions } from './head-loss.js';
export {
  linear,
  linearActivation,
  linearActivationOp,
  linearResidual,
  linearResidualOp,
  type Linear,
} from './linear.js';
export { mlpBlock, mlpBlockOp, type MlpBlockOptions } from './mlp-block.js';
export { normLinear, normLinearOp, type Norm } from './norm-linear.js';
export { layerNorm, normOp, rmsNorm, type NormKind, type NormOptions } from './normalize.js';
export { product } from './product.js';
export { recomputed } from './recomputed.js';
export { softmax, softmaxOp } from './softmax.js';
export type { SubBlockInputs, SubBlockLayers, SubBlockOptions } from './sub-block.js';
export { addGradient, clearGradients, differentiate, disposeTree, zerosTree } from './tree.js';
