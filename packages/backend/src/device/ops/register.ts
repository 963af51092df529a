import {
  adamwUpdateOp,
  attentionOp,
  dropoutOp,
  embedOp,
  globalNormOp,
  headLossOp,
  linearActivationOp,
  linearResidualOp,
  normLinearOp,
  normOp,
  registerListKernel,
  registerOpKernels,
} from '@sheep/ops';
import type { Device } from '../device.js';
import { attentionForms } from './attention.js';
import { dropoutForms } from './dropout.js';
import { embedForms } from './embed.js';
import { headLossForms } from './head-loss.js';
import { linearActivationForms } from './linear.js';
import { linearResidualForms } from './linear-residual.js';
import { normForms, normLinearForms } from './norm-linear.js';
import { adamwKernel, globalNormKernel } from './optimizer.js';

/** Gives a device, by its name with tfjs, kernels for the ops; those that are not named here run composed. */
export function registerDeviceOps(name: string, device: Device): void {
  registerOpKernels(attentionOp, name, attentionForms(device));
  registerOpKernels(dropoutOp, name, dropoutForms(device));
  registerOpKernels(embedOp, name, embedForms(device));
  registerOpKernels(headLossOp, name, headLossForms(device));
  registerOpKernels(linearActivationOp, name, linearActivationForms(device));
  registerOpKernels(linearResidualOp, name, linearResidualForms(device));
  registerOpKernels(normOp, name, normForms(device));
  registerOpKernels(normLinearOp, name, normLinearForms(device));
  registerListKernel(globalNormOp, name, globalNormKernel(device));
  registerListKernel(adamwUpdateOp, name, adamwKernel(device));
}
