import { linearResidualOp } from '@sheep/ops';
import type { Device } from '../device.js';
import { affine, affineGradients, fitsScratch, pick } from './affine.js';

/** Kernels of `linearResidual`. With dropout, whose kernel is not written yet, the composed form runs. */
export function linearResidualForms(device: Device): (typeof linearResidualOp)['composed'] {
  const { composed } = linearResidualOp;
  return {
    forward(inputs, attributes) {
      if (attributes.dropout || !fitsScratch(...inputs.weight.shape)) return composed.forward(inputs, attributes);
      return [affine(device, inputs).y];
    },
    gradient(dys, saved, notes, attributes, wanted) {
      const { x: factor, weight } = saved;
      if (attributes.dropout || !fitsScratch(...weight.shape)) {
        return composed.gradient(dys, saved, notes, attributes, wanted);
      }
      const [dy] = dys;
      const made = { ...affineGradients(device, dy, { factor, weight }, wanted), residual: device.share(dy) };
      return pick(device, made, wanted);
    },
  };
}
