import { linearResidualOp, type Dropout } from '@sheep/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.js';
import { affine, affineGradients, fitsScratch, pick, type Affine, type AffineSaved } from './affine.js';
import { drop, dropInPlace, drops } from './dropout.js';

/** residual + dropout(x weight + bias): dropout is a pass over the product, where there is any. */
export function linearResidual(
  device: Device,
  layer: Pick<Affine, 'x' | 'weight' | 'bias'> & { readonly residual: TensorInfo },
  dropout: Dropout | undefined,
): TensorInfo {
  if (!drops(dropout)) return affine(device, layer).y;
  const { x, weight, bias, residual } = layer;
  const { y } = affine(device, { x, weight, bias });
  dropInPlace(device, y, dropout, residual);
  return y;
}

/** Its gradients, but the residual's, which is dy: those that are wanted, by the names of the op's inputs. */
export function linearResidualGradients(
  device: Device,
  dy: TensorInfo,
  saved: Pick<AffineSaved, 'factor' | 'weight'>,
  dropout: Dropout | undefined,
  wanted: readonly string[],
): Record<string, TensorInfo> {
  if (!drops(dropout)) return affineGradients(device, dy, saved, wanted);
  const dropped = drop(device, dy, dropout);
  const made = affineGradients(device, dropped, saved, wanted);
  device.dispose(dropped);
  return made;
}

/** Kernels of `linearResidual`. */
export function linearResidualForms(device: Device): (typeof linearResidualOp)['composed'] {
  const { composed } = linearResidualOp;
  return {
    forward(inputs, attributes) {
      if (!fitsScratch(...inputs.weight.shape)) return composed.forward(inputs, attributes);
      return [linearResidual(device, inputs, attributes.dropout)];
    },
    gradient(dys, saved, notes, attributes, wanted) {
      const { x: factor, weight } = saved;
      if (!fitsScratch(...weight.shape)) return composed.gradient(dys, saved, notes, attributes, wanted);
      const [dy] = dys;
      const made = linearResidualGradients(device, dy, { factor, weight }, attributes.dropout, wanted);
      return pick(device, { ...made, residual: device.share(dy) }, wanted);
    },
  };
}
