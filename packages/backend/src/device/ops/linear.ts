import { linearActivationOp } from '@sheep/ops';
import type { Device } from '../device.js';
import { affine, affineGradients, fitsScratch, pick } from './affine.js';

/** Kernels of `linearActivation`. Its note is the derivative of the activation. */
export function linearActivationForms(device: Device): (typeof linearActivationOp)['composed'] {
  const { composed } = linearActivationOp;
  return {
    forward(inputs, attributes) {
      if (!fitsScratch(...inputs.weight.shape)) return composed.forward(inputs, attributes);
      const { y, slope } = affine(device, { ...inputs, ...attributes });
      return slope ? [y, slope] : [y];
    },
    gradient(dys, saved, notes, attributes, wanted) {
      if (!fitsScratch(...saved.weight.shape)) return composed.gradient(dys, saved, notes, attributes, wanted);
      const [dy] = dys;
      const { x: factor, weight } = saved;
      return pick(device, affineGradients(device, dy, { factor, weight, slope: notes[0] }, wanted), wanted);
    },
  };
}
