import {
  activationOp,
  adamwUpdateOp,
  attentionBlockOp,
  attentionOp,
  decodeHalvesOp,
  dropoutOp,
  embedOp,
  encodeHalvesOp,
  globalNormOp,
  headLossOp,
  linearActivationOp,
  linearResidualOp,
  mlpBlockOp,
  normLinearOp,
  normOp,
  registerListKernel,
  registerOpKernels,
  softmaxOp,
} from '@sheep/ops';
import type { Device } from '../device.js';
import { activationForms } from './activation.js';
import { attentionForms } from './attention.js';
import { attentionBlockForms } from './attention-block.js';
import { dropoutForms } from './dropout.js';
import { embedForms } from './embed.js';
import { decodeHalvesKernel, encodeHalvesKernel } from './halves.js';
import { headLossForms } from './head-loss.js';
import { linearActivationForms } from './linear.js';
import { linearResidualForms } from './linear-residual.js';
import { mlpBlockForms } from './mlp-block.js';
import { normForms, normLinearForms } from './norm-linear.js';
import { adamwKernel, globalNormKernel } from './optimizer.js';
import { softmaxForms } from './softmax.js';

/** Gives a device, by its name with tfjs, kernels for the ops. */
export function registerDeviceOps(name: string, device: Device): void {
  registerOpKernels(activationOp, name, activationForms(device));
  registerOpKernels(attentionOp, name, attentionForms(device));
  registerOpKernels(attentionBlockOp, name, attentionBlockForms(device));
  registerOpKernels(dropoutOp, name, dropoutForms(device));
  registerOpKernels(embedOp, name, embedForms(device));
  registerOpKernels(headLossOp, name, headLossForms(device));
  registerOpKernels(linearActivationOp, name, linearActivationForms(device));
  registerOpKernels(linearResidualOp, name, linearResidualForms(device));
  registerOpKernels(mlpBlockOp, name, mlpBlockForms(device));
  registerOpKernels(normOp, name, normForms(device));
  registerOpKernels(normLinearOp, name, normLinearForms(device));
  registerOpKernels(softmaxOp, name, softmaxForms(device));
  registerListKernel(globalNormOp, name, globalNormKernel(device));
  registerListKernel(adamwUpdateOp, name, adamwKernel(device));
  registerListKernel(decodeHalvesOp, name, decodeHalvesKernel(device));
  registerListKernel(encodeHalvesOp, name, encodeHalvesKernel(device));
}
