import { linearResidualOp } from '@sheep/ops';
import type { Device } from '../device.js';
import { affineGradients } from './linear.js';
import { product } from './products.js';

/** Kernels of `linearResidual`. With dropout, whose kernel is not written yet, the composed form runs. */
export function linearResidualForms(device: Device): (typeof linearResidualOp)['composed'] {
  const { composed } = linearResidualOp;
  return {
    forward(inputs, attributes) {
      if (attributes.dropout) return composed.forward(inputs, attributes);
      const { x, weight, bias, residual } = inputs;
      return [product(device, x, weight, { bias, residual })];
    },
    gradient(dys, saved, notes, attributes, wanted) {
      if (attributes.dropout) return composed.gradient(dys, saved, notes, attributes, wanted);
      const [dy] = dys;
      const gradients = { ...affineGradients(device, dy, saved.x, saved.weight), residual: () => device.share(dy) };
      return wanted.map((name) => gradients[name as keyof typeof gradients]());
    },
  };
}
