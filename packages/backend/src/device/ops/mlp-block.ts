import { mlpBlockOp } from '@sheep/ops';
import type { Device } from '../device.js';
import { enter, layersFit, leave, subBlockGradients } from './sub-block.js';

/** Kernels of `mlpBlock`. Their notes: the inner activations, and those of `normLinear`. */
export function mlpBlockForms(device: Device): (typeof mlpBlockOp)['composed'] {
  const { composed } = mlpBlockOp;
  return {
    forward(inputs, attributes) {
      if (!layersFit(inputs)) return composed.forward(inputs, attributes);
      const { y: inner, normal, moments, slope } = enter(device, inputs, attributes, attributes.activation);
      const y = leave(device, inner, inputs, attributes.dropout);
      return [y, inner, normal, moments, slope].filter((tensor) => tensor !== undefined);
    },
    gradient(dys, inputs, notes, attributes, wanted) {
      if (!layersFit(inputs)) return composed.gradient(dys, inputs, notes, attributes, wanted);
      const [inner, normal, moments, slope] = notes;
      const saved = { inputs, inner, normal, moments, slope };
      return subBlockGradients(device, dys[0], saved, attributes, wanted);
    },
  };
}
