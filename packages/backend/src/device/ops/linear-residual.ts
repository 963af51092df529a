import { linearResidualOp } from '@sheep/ops';
import type { Device } from '../device.js';
import { affine, affineGradients, fitsScratch, pick } from './affine.js';
import { drop, dropInPlace, drops } from './dropout.js';

/** Kernels of `linearResidual`: dropout is a pass over the product, where there is any. */
export function linearResidualForms(device: Device): (typeof linearResidualOp)['composed'] {
  const { composed } = linearResidualOp;
  return {
    forward(inputs, attributes) {
      const { x, weight, bias, residual } = inputs;
      const { dropout } = attributes;
      if (!fitsScratch(...weight.shape)) return composed.forward(inputs, attributes);
      if (!drops(dropout)) return [affine(device, inputs).y];
      const { y } = affine(device, { x, weight, bias });
      dropInPlace(device, y, dropout, residual);
      return [y];
    },
    gradient(dys, saved, notes, attributes, wanted) {
      const { x: factor, weight } = saved;
      const { dropout } = attributes;
      if (!fitsScratch(...weight.shape)) return composed.gradient(dys, saved, notes, attributes, wanted);
      const [dy] = dys;
      const dropped = drops(dropout) ? drop(device, dy, dropout) : device.share(dy);
      const made = { ...affineGradients(device, dropped, { factor, weight }, wanted), residual: device.share(dy) };
      device.dispose(dropped);
      return pick(device, made, wanted);
    },
  };
}
